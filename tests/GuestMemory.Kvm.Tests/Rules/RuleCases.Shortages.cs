namespace GuestMemory.Kvm.Tests.Rules;

/// <content>What fails by no fault of the caller's.</content>
internal static partial class RuleCases
{
    private const HostRights ReadWrite = HostRights.Read | HostRights.Write;

    private static IEnumerable<KeyValuePair<string, Func<RuleSwitches, RuleAnswer>>> Shortages()
    {
        const string slot = "KVM_SET_USER_MEMORY_REGION2/";
        yield return Struck("KVM_CREATE_VM/no-memory", InjectionPoint.KernelAllocation, world => world.Kvm.CreateVm(1));
        yield return Struck("KVM_CREATE_VCPU/no-memory", InjectionPoint.KernelAllocation, world => world.Kvm.CreateVcpu(world.Vm));
        yield return Struck("KVM_CREATE_GUEST_MEMFD/no-memory", InjectionPoint.KernelAllocation, world => world.Kvm.CreateGuestMemfd(world.Vm, World.Page, 0));
        yield return Struck(slot + "no-memory", InjectionPoint.KernelAllocation, world => world.Kvm.SetUserMemoryRegion2(world.Vm, world.Region));
        yield return Struck(slot + "no-metadata", InjectionPoint.KernelAllocation, world => world.Kvm.SetUserMemoryRegion2(world.Vm, world.Region), after: 1);
        yield return Struck("KVM_RUN/no-tables", InjectionPoint.KernelAllocation, world => world.Load(World.At));
        yield return Struck("KVM_RUN/signal", InjectionPoint.Signal, world => world.Load(World.At));
        yield return Struck("KVM_PRE_FAULT_MEMORY/no-tables", InjectionPoint.KernelAllocation, PreFaultOne);
        yield return Struck("KVM_PRE_FAULT_MEMORY/signal", InjectionPoint.Signal, PreFaultOne);
        yield return Struck("memfd_create/no-memory", InjectionPoint.KernelAllocation, world => world.Kvm.CreateMemfd(World.Page));
        yield return Struck("mmap/no-memory", InjectionPoint.KernelAllocation, world => world.Kvm.MapAnonymous(World.Page));
        yield return Struck("munmap/no-memory", InjectionPoint.KernelAllocation, world => world.Kvm.Munmap(world.Memory, World.Page));
        yield return Struck("mprotect/no-memory", InjectionPoint.KernelAllocation, world => world.Kvm.Mprotect(world.Memory, World.Page, ReadWrite));
    }

    private static RuleAnswer PreFaultOne(World world)
    {
        var (address, size) = (World.At, World.Page);
        return world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, 0, out _);
    }

    private static KeyValuePair<string, Func<RuleSwitches, RuleAnswer>> Struck(string id, InjectionPoint point, Func<World, RuleAnswer> call, int after = 0) => new(id, rules =>
    {
        var injector = new NextOf(point);
        var world = new World(rules: rules, injector: injector);
        injector.Arm(after);
        return RuleAnswer.Of(() => call(world));
    });
}
