namespace GuestMemory.Kvm.Tests.Rules;

/// <summary>For every rule of the kernel's face a small world and a call that it decides.</summary>
/// <remarks>A case of a table's check is chosen so that the caller is told something else when that check alone is switched off.</remarks>
internal static partial class RuleCases
{
    private const ulong Kernel = 0xffff_8000_0000_0000;

    /// <summary>The cases by the rule's id: switches in, answer out.</summary>
    public static IReadOnlyDictionary<string, Func<RuleSwitches, RuleAnswer>> All { get; } =
        Regions().Concat(Files()).Concat(Mappings()).Concat(Others()).Concat(Shortages()).ToDictionary(StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, Func<RuleSwitches, RuleAnswer>>> Regions()
    {
        const string call = "KVM_SET_USER_MEMORY_REGION2/";
        yield return new(call + "first-version-flags", rules => Of(rules, world => world.Kvm.SetUserMemoryRegion(world.Vm, world.Region with { Flags = 4 })));
        yield return Region(call + "flags", (_, region) => region with { Flags = 8 });
        yield return Region(call + "size-alignment", (_, region) => region with { MemorySize = World.SlotSize + 1 });
        yield return Region(call + "gpa-alignment", (_, region) => region with { GuestPhysicalAddress = World.At + 1 });
        yield return Region(call + "hva-alignment", (_, region) => region with { UserspaceAddress = region.UserspaceAddress + 1 });
        yield return Region(call + "hva-range", (_, region) => region with { UserspaceAddress = Kernel });
        yield return Region(call + "offset-alignment", (world, region) => region with { Flags = 4, GuestMemfd = world.File(), GuestMemfdOffset = 1 });

        // Beyond the file as well; a closed descriptor tells the two apart.
        yield return Region(call + "offset-wrap", (_, region) => region with { Flags = 4, GuestMemfdOffset = unchecked(0 - World.Page) });
        yield return Region(call + "address-space", (_, region) => region with { Slot = 0x10001 });
        yield return Region(call + "slot-id", (_, region) => region with { Slot = 32764 });

        // Above the machine's limit as well.
        yield return Region(call + "gpa-wrap", (_, region) => region with { Flags = 4, GuestPhysicalAddress = unchecked(0 - World.Page) });
        yield return Region(call + "size-limit", (_, region) => region with { Flags = 4, MemorySize = 1UL << 43 });
        yield return Region(call + "delete-missing", (_, _) => new(1, 0, 0, 0, 0));
        yield return Region(call + "immutable", (world, region) => Twice(world, region with { Flags = 4, GuestMemfd = world.File() }));
        yield return Region(call + "change-address", (world, region) => Twice(world, region) with { UserspaceAddress = region.UserspaceAddress + World.Page });
        yield return Region(call + "change-size", (world, region) => Twice(world, region) with { MemorySize = World.Page });
        yield return Region(call + "change-flags", (world, region) => Twice(world, region) with { Flags = MemoryRegion.ReadOnly });
        yield return Region(call + "gpa-overlap", (world, region) => Twice(world, region) with { Slot = 2, Flags = 4 });
        yield return Region(call + "descriptor", (_, region) => region with { Flags = 4, GuestMemfd = 500 });
        yield return Region(call + "not-guest-memfd", (world, region) => region with { Flags = 4, GuestMemfd = World.Done(world.Kvm.CreateMemfd(World.FileSize)) });
        yield return Region(call + "other-vm", (world, region) => region with { Flags = 4, GuestMemfd = world.File(vm: World.Done(world.Kvm.CreateVm(1))) });
        yield return Region(call + "beyond-file", (world, region) => region with { Flags = 4, GuestMemfd = world.File(), GuestMemfdOffset = World.FileSize });
        yield return Region(call + "gpa-limit", (_, region) => region with { GuestPhysicalAddress = 1UL << 40 });
        yield return Region(call + "file-overlap", (world, region) => Twice(world, region with { Flags = 4, GuestMemfd = world.File() }) with { Slot = 2, GuestPhysicalAddress = 2 * World.At });
    }

    private static IEnumerable<KeyValuePair<string, Func<RuleSwitches, RuleAnswer>>> Files()
    {
        const string create = "KVM_CREATE_GUEST_MEMFD/";
        yield return new(create + "flags", rules => Of(rules, world => world.Kvm.CreateGuestMemfd(world.Vm, World.Page, 4)));
        yield return new(create + "size", rules => Of(rules, world => world.Kvm.CreateGuestMemfd(world.Vm, 0, 0)));
        yield return new(create + "size-alignment", rules => Of(rules, world => world.Kvm.CreateGuestMemfd(world.Vm, 1, 0)));

        const long beyond = long.MaxValue - 0xfff;
        yield return Fallocate("offset", 3, -0x1000, 0x1000);
        yield return Fallocate("length", 1, 0, 0);

        // guest_memfd refuses the same modes with the same word; only the range between the two tells them apart.
        yield return Fallocate("mode", 2, 0x1000, beyond);
        yield return new("fallocate/not-a-file", rules => Of(rules, world => world.Kvm.Fallocate(world.Vm, 1, 0x1000, beyond)));
        yield return Fallocate("range", 1, 0x1000, beyond);
        yield return Fallocate("keep-size", 0, 0, 0x1000);
        yield return Fallocate("only-punch", 0x11, 0, 0x1000);
        yield return Fallocate("offset-alignment", 1, 1, 0x1000);
        yield return Fallocate("length-alignment", 1, 0, 1);
        yield return Fallocate("beyond-file", 1, 0, (long)World.FileSize + 0x1000);
        yield return new("fallocate/memfd-only-punch", rules => Of(rules, world => world.Kvm.Fallocate(World.Done(world.Kvm.CreateMemfd(World.Page)), 0x11, 0, 0x1000)));

        yield return new("file/descriptor", rules => Of(rules, world => world.Kvm.Close(500)));
        yield return new("read/no-operation", rules => Of(rules, world => world.Kvm.Read(world.File())));
        yield return new("write/no-operation", rules => Of(rules, world => world.Kvm.Write(world.File())));
        yield return new("lseek/no-position", rules => Of(rules, world => world.Kvm.Lseek(world.File(), 2)));
        yield return new("lseek/whence", rules => Of(rules, world => world.Kvm.Lseek(world.File(), 9)));
        yield return new("pread/position", rules => Of(rules, world => world.Kvm.Pread(world.File(), -1)));
        yield return new("ftruncate/no-resize", rules => Of(rules, world => world.Kvm.Ftruncate(world.File())));
        yield return new("open/no-reopen", rules => Of(rules, world => world.Kvm.Reopen(world.File())));
    }

    private static IEnumerable<KeyValuePair<string, Func<RuleSwitches, RuleAnswer>>> Mappings()
    {
        const HostRights readWrite = HostRights.Read | HostRights.Write;
        yield return Mmap("offset-alignment", 1, 1, World.Page, readWrite);
        yield return Mmap("empty", 1, 0, 0, readWrite);

        // Rounded up it is nothing: a negative offset tells that apart.
        yield return Mmap("length-wrap", 1, -0x1000, ulong.MaxValue, readWrite);
        yield return Mmap("address-space", 1, 0, 1UL << 47, readWrite);
        yield return Mmap("file-range", 1, -0x1000, World.Page, readWrite);
        yield return Mmap("execute", 1, 0, World.Page, readWrite | HostRights.Execute);
        yield return Mmap("unmappable", 0, 0, World.Page, readWrite);
        yield return Mmap("private", 1, 0, World.Page, readWrite, isShared: false);

        yield return new("memory/address-alignment", rules => Of(rules, world => world.Kvm.Munmap(world.Memory + 1, World.Page)));
        yield return new("memory/wrap", rules => Of(rules, world => world.Kvm.Mlock(world.Memory, ulong.MaxValue)));
        yield return new("munmap/empty", rules => Of(rules, world => world.Kvm.Munmap(world.Memory, 0)));
        yield return new("memory/not-mapped", rules => Of(rules, world => world.Kvm.Mprotect(0x1000, World.Page, readWrite)));
        yield return new("mprotect/execute", rules => Of(rules, world => world.Kvm.Mprotect(Mapped(world, 1), World.Page, HostRights.Execute)));
        yield return new("madvise/populate-fault", rules => Of(rules, world => world.Kvm.Madvise(Mapped(world, 1), World.Page, MemoryAdvice.PopulateRead, out _)));
        yield return new("mlock/fault", rules => Of(rules, world => world.Kvm.Mlock(Mapped(world, 1), World.Page)));
        yield return new("copy/fault", rules => Of(rules, world => world.Kvm.CopyFrom(Mapped(world, 1), out _)));
        yield return new("madvise/refused", rules => Of(rules, world => world.Kvm.Madvise(Mapped(world, 1), World.Page, MemoryAdvice.Free, out _)));
        yield return new("madvise/hwpoison", rules => Of(rules, world => world.Kvm.Madvise(Mapped(world, 3, vmType: 0), World.Page, MemoryAdvice.HwPoison, out _), vmType: 0));
        yield return new("madvise/hwpoison-fault", rules => Of(rules, world => world.Kvm.Madvise(Mapped(world, 1), World.Page, MemoryAdvice.HwPoison, out _)));
    }

    private static IEnumerable<KeyValuePair<string, Func<RuleSwitches, RuleAnswer>>> Others()
    {
        const string attributes = "KVM_SET_MEMORY_ATTRIBUTES/";
        yield return new(attributes + "built-in", rules => Of(rules, world => world.Kvm.SetMemoryAttributes(world.Vm, World.At, World.Page, 0), host: new() { MemoryAttributes = false }));
        yield return Attributes(attributes + "flags", World.At, World.Page, 8, 1);
        yield return Attributes(attributes + "attributes", World.At, World.Page, 1);
        yield return Attributes(attributes + "empty", World.At, 0, 8);
        yield return Attributes(attributes + "wrap", unchecked(0 - World.Page), World.Page, 8);
        yield return Attributes(attributes + "address-alignment", World.At + 1, World.Page, 8);
        yield return Attributes(attributes + "size-alignment", World.At, World.Page + 1, 8);

        const string preFault = "KVM_PRE_FAULT_MEMORY/";
        yield return PreFault(preFault + "exists", World.At, World.Page, 0, profile: KernelProfile.Linux6Dot8);
        yield return PreFault(preFault + "flags", World.At, World.Page, 1);
        yield return PreFault(preFault + "address-alignment", World.At + 1, World.Page, 0);
        yield return PreFault(preFault + "size-alignment", World.At, World.Page + 1, 0);
        yield return PreFault(preFault + "wrap", World.At, 0, 0);
        yield return PreFault(preFault + "two-dimensional-paging", World.At, World.Page, 0, host: new() { TwoDimensionalPaging = false });
        yield return PreFault(preFault + "no-slot", World.At, World.Page, 0);
        yield return new(preFault + "obsolete-root", rules => Of(rules, PreFaultOnObsoleteRoot, vmType: 0, profile: KernelProfile.Linux6Dot12));

        yield return new("KVM_CREATE_VM/type", rules => Of(rules, world => world.Kvm.CreateVm(5)));
        yield return new("ioctl/not-this-file", rules => Of(rules, world => world.Kvm.CreateVcpu(world.File())));
        yield return new("KVM_CREATE_VCPU/exists", rules => Of(rules, world => world.Kvm.CreateVcpu(world.Vm)));
        yield return new("KVM_GET_DIRTY_LOG/slot-id", rules => Of(rules, world => world.Kvm.GetDirtyLog(world.Vm, 32764, [])));
        yield return new("KVM_GET_DIRTY_LOG/no-log", rules => Of(rules, world => world.Kvm.GetDirtyLog(world.Vm, 1, [])));
        yield return new("KVM_ENABLE_CAP/unknown", rules => Of(rules, world => world.Kvm.EnableCapability(world.Vm, 1, 0)));
        yield return new("KVM_MEMORY_ENCRYPT_OP/none", rules => Of(rules, world => world.Kvm.MemoryEncryptOp(world.Vm, 0, [])));
        yield return new("KVM_RUN/stale-mmio-mark", rules => Of(rules, LoadThroughStaleMark));
        yield return new("KVM_RUN/wrong-kind", rules => Of(rules, world => world.Load(World.At), vmType: AlwaysPrivateVm.Type, technology: AlwaysPrivateVm.Instance));
    }

    private static RuleAnswer PreFaultOnObsoleteRoot(World world)
    {
        world.Set(world.Region);
        world.Load(World.At);
        world.Delete(1);
        var (address, size) = (World.At, World.Page);
        return world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, 0, out _);
    }

    private static RuleAnswer LoadThroughStaleMark(World world)
    {
        world.Load(World.At);
        world.Set(world.Region);
        world.Convert(World.At, World.Page);
        return world.Load(World.At);
    }

    private static ulong Mapped(World world, ulong flags, ulong vmType = 1)
    {
        var file = world.File(flags);
        var address = world.Kvm.Mmap(file, 0, World.Page, HostRights.Read | HostRights.Write, isShared: true).Value;
        if (vmType == 0)
        {
            world.Kvm.Store(address, 8, 1);
        }

        return address;
    }

    private static MemoryRegion Twice(World world, in MemoryRegion region)
    {
        world.Set(region);
        return region;
    }

    private static KeyValuePair<string, Func<RuleSwitches, RuleAnswer>> Region(string id, Func<World, MemoryRegion, MemoryRegion> change) =>
        new(id, rules => Of(rules, world => world.Kvm.SetUserMemoryRegion2(world.Vm, change(world, world.Region))));

    private static KeyValuePair<string, Func<RuleSwitches, RuleAnswer>> Fallocate(string point, ulong mode, long offset, long length) =>
        new("fallocate/" + point, rules => Of(rules, world => world.Kvm.Fallocate(world.File(), mode, offset, length)));

    private static KeyValuePair<string, Func<RuleSwitches, RuleAnswer>> Mmap(
        string point, ulong fileFlags, long offset, ulong length, HostRights rights, bool isShared = true) =>
        new("mmap/" + point, rules => Of(rules, world => world.Kvm.Mmap(world.File(fileFlags), offset, length, rights, isShared)));

    private static KeyValuePair<string, Func<RuleSwitches, RuleAnswer>> Attributes(string id, ulong address, ulong size, ulong attributes, ulong flags = 0) =>
        new(id, rules => Of(rules, world => world.Kvm.SetMemoryAttributes(world.Vm, address, size, attributes, flags)));

    private static KeyValuePair<string, Func<RuleSwitches, RuleAnswer>> PreFault(
        string id, ulong address, ulong size, ulong flags, KernelProfile? profile = null, HostConfiguration? host = null) =>
        new(id, rules => Of(rules, world => world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, flags, out _), profile: profile, host: host));

    private static RuleAnswer Of(
        RuleSwitches rules,
        Func<World, RuleAnswer> call,
        ulong vmType = 1,
        KernelProfile? profile = null,
        HostConfiguration? host = null,
        IGuestTechnology? technology = null)
    {
        var world = new World(vmType, profile, host, rules, technology: technology);
        return RuleAnswer.Of(() => call(world));
    }
}
