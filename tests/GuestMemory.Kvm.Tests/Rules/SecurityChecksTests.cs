using Xunit;

namespace GuestMemory.Kvm.Tests.Rules;

/// <summary>Each check of class security switched off, and the invariant that breaks then.</summary>
public sealed class SecurityChecksTests
{
    private const HostRights ReadWrite = HostRights.Read | HostRights.Write;

    private static readonly Dictionary<string, (Action<World> Do, string Broken)> s_attacks = new(StringComparer.Ordinal)
    {
        ["KVM_SET_USER_MEMORY_REGION2/hva-range"] = (world => world.Kvm.SetUserMemoryRegion2(world.Vm, world.Region with { UserspaceAddress = 0xffff_8000_0000_0000 }), HostCannotReachTheKernel),
        ["KVM_SET_USER_MEMORY_REGION2/immutable"] = (MoveFileSlot, "I6"),
        ["KVM_SET_USER_MEMORY_REGION2/not-guest-memfd"] = (BindMemfd, "I6"),
        ["KVM_SET_USER_MEMORY_REGION2/other-vm"] = (BindFileOfAnotherVm, "lifetime"),
        ["mmap/execute"] = (world => world.Kvm.Mmap(world.File(1), 0, World.Page, ReadWrite | HostRights.Execute, isShared: true), NothingRunsFromGuestMemory),
        ["mmap/unmappable"] = (world => world.Kvm.Mmap(world.File(), 0, World.Page, ReadWrite, isShared: true), OnlyMappableStoresAreMapped),
        ["KVM_CREATE_GUEST_MEMFD/flags"] = (ShareFramesOfAPrivateVm, "I1-frame"),
        ["KVM_SET_MEMORY_ATTRIBUTES/attributes"] = (world => world.Kvm.SetMemoryAttributes(world.Vm, World.At, World.Page, 0x10), OnlyKnownAttributes),
    };

    private const string HostCannotReachTheKernel = "a slot's shared side is user memory";
    private const string NothingRunsFromGuestMemory = "no process runs code from guest memory";
    private const string OnlyMappableStoresAreMapped = "a process maps only stores that allow it";
    private const string OnlyKnownAttributes = "a guest frame has only attributes of its VM's kind";

    public static TheoryData<string> Checks => [.. s_attacks.Keys];

    [Fact]
    public void Every_security_check_has_an_attack() =>
        Assert.Equal(
            RuleCatalogue.KvmChecks.Where(check => check.Class == CheckClass.Security).Select(check => check.Id).Order(StringComparer.Ordinal),
            s_attacks.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Checks))]
    public void An_attack_fails_while_its_check_is_on(string id)
    {
        var world = new World(enforcement: Enforcement.Observe);

        s_attacks[id].Do(world);

        Assert.Empty(BrokenIn(world));
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public void An_attack_breaks_an_invariant_while_its_check_is_off(string id)
    {
        var world = new World(enforcement: Enforcement.Observe, rules: RuleSwitches.AllOn.Without(id));
        string[] broken;
        try
        {
            s_attacks[id].Do(world);
            broken = BrokenIn(world);
        }
        catch (ModelInvariantException exception)
        {
            broken = [exception.Invariant];
        }

        Assert.Contains(s_attacks[id].Broken, broken);
    }

    private static void MoveFileSlot(World world)
    {
        var file = world.FileSlot();
        world.Kvm.SetUserMemoryRegion2(world.Vm, world.Region with { Flags = 4, GuestMemfd = file, GuestPhysicalAddress = 2 * World.At });
    }

    private static void BindMemfd(World world) =>
        world.Kvm.SetUserMemoryRegion2(world.Vm, world.Region with { Flags = 4, GuestMemfd = (int)world.Kvm.CreateMemfd(World.FileSize).Value });

    private static void BindFileOfAnotherVm(World world)
    {
        var other = (int)world.Kvm.CreateVm(1).Value;
        world.Kvm.SetUserMemoryRegion2(world.Vm, world.Region with { Flags = 4, GuestMemfd = world.File(vm: other) });
    }

    // INIT_SHARED in a VM with private memory: the host touches a page that is then mapped private.
    private static void ShareFramesOfAPrivateVm(World world)
    {
        var created = world.Kvm.CreateGuestMemfd(world.Vm, World.FileSize, 3);
        if (!created.IsSuccess)
        {
            return;
        }

        var file = (int)created.Value;
        world.Set(world.Region with { Flags = 4, GuestMemfd = file });
        world.Kvm.Store(world.Kvm.Mmap(file, 0, World.Page, ReadWrite, isShared: true).Value, 8, 1);
        world.Convert(World.At, World.Page);
        world.Load(World.At);
    }

    private static string[] BrokenIn(World world)
    {
        var broken = world.Broken().ToList();
        foreach (var place in world.Guest.Slots.Places)
        {
            if (place is { IsLive: true, Slot: Memslot slot } && slot.Layout.SharedPage >= 1UL << 35)
            {
                broken.Add(HostCannotReachTheKernel);
            }
        }

        foreach (var area in world.Kvm.Process.Areas)
        {
            var store = world.Machine.Store(area.Value.Store);
            if (!store.Properties.HostMappable)
            {
                broken.Add(OnlyMappableStoresAreMapped);
            }

            if (!store.Properties.Movable && area.Value.Rights.HasFlag(HostRights.Execute))
            {
                broken.Add(NothingRunsFromGuestMemory);
            }
        }

        foreach (var run in world.Guest.Attributes.Runs)
        {
            if ((run.Value.Attributes & ~MemoryAttributes.Private) != 0)
            {
                broken.Add(OnlyKnownAttributes);
            }
        }

        return [.. broken];
    }
}
