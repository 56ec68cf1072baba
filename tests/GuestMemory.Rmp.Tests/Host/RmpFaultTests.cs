using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>RMP faults as KVM resolves them.</summary>
public sealed class RmpFaultTests
{
    private const ulong Large = KvmSnp.At + KvmSnp.Large;

    // sev-snp scenario 22: two vCPUs fault on one large page; the second's fault is handled after the first's PSMASH.
    [Fact]
    public void The_second_of_two_faults_on_one_large_page_finds_nothing_to_do()
    {
        var (world, vm, gfn) = Accepted();
        var frame = world.FrameOf(Large);

        Assert.Equal(FaultResolution.Retry, RmpFaultHandler.Handle(vm, gfn));
        Assert.Equal((1UL, 0UL, false), (world.Host.RepairedFaults, world.Host.SpuriousFaults, vm.Mmu.TryTranslate(gfn, out _)));

        // The second vCPU came through the old mapping, and by now the first mapped again.
        world.Load(Large);
        Assert.Equal(FaultResolution.Retry, RmpFaultHandler.Handle(vm, gfn));
        Assert.Equal((1UL, 1UL, true), (world.Host.RepairedFaults, world.Host.SpuriousFaults, vm.Mmu.TryTranslate(gfn, out var mapped)));
        Assert.Equal((PageSize.Size4K, frame), (mapped.Size, mapped.Frame));
    }

    // linux-kvm-sev: the same two handlers, both past their look-up before either smashes.
    [Fact]
    public void A_PSMASH_that_comes_second_is_no_failure()
    {
        var (world, _, _) = Accepted();
        var frame = world.FrameOf(Large);

        Assert.True(world.Host.Smash(frame).IsSuccess);
        Assert.True(world.Host.Smash(frame).IsSuccess);
        Assert.Equal(RmpPageState.GuestValid, world.Table.StateOf(frame + 511));
    }

    [Fact]
    public void A_fault_is_repaired_once_the_other_processor_lets_go_of_the_entry_and_not_before()
    {
        var (world, vm, gfn) = Accepted();
        var frame = world.FrameOf(Large);
        world.Host.Platform.Holds.BeginChange(frame);
        Assert.Equal(FaultResolution.Fails, RmpFaultHandler.Handle(vm, gfn));
        Assert.True(world.Table.IsInLargePage(frame));

        world.Host.Platform.Holds.EndChange(frame);
        Assert.Equal(FaultResolution.Retry, RmpFaultHandler.Handle(vm, gfn));
    }

    // docs/model-boundary.md, MB-47: Linux resumes for ever; the run ends here and says which rule stays.
    [Fact]
    public void A_fault_that_no_repair_ends_stops_the_run_by_its_rule()
    {
        var (world, vm, gfn) = Accepted();
        var frame = world.FrameOf(Large);
        world.Host.Platform.RmpUpdate(RmpUpdateOperands.Assign(new(frame, PageSize.Size2M), world.Guest.Asid, new(0x7_0000_0000)));

        var exit = world.Load(Large);

        Assert.Equal((ExitReason.Unknown, Errno.EFAULT, "ACCESS/private/reverse-map"), (exit.Reason, exit.Errno, exit.DecidedBy?.Id));
        Assert.True(world.Host.SpuriousFaults > 0);
    }

    [Fact]
    public void A_fault_on_a_page_that_is_not_mapped_is_not_handled()
    {
        var (world, vm, gfn) = Accepted();
        world.Convert(Large, KvmSnp.Page, isPrivate: false);
        Assert.Equal(FaultResolution.Fails, RmpFaultHandler.Handle(vm, gfn));
    }

    [Fact]
    public void An_access_at_a_level_no_guest_has_is_refused_by_name()
    {
        var (world, vm, gfn) = Accepted();
        var access = new FrameAccess(FrameOwner.Of(vm.Id), AccessKind.Read, world.FrameOf(Large), PageSize.Size4K, Encrypted: true, gfn, Context: ulong.MaxValue);
        Assert.Contains("0 to 3", Assert.Throws<ArgumentOutOfRangeException>(() => world.Machine.Ownership.Check(access)).Message, StringComparison.Ordinal);
    }

    // linux-ccp: a firmware page that will not come back is leaked, and the log hears of it.
    [Fact]
    public void A_leaked_firmware_page_is_told_to_the_observer()
    {
        var leaks = new LeakObserver();
        var world = new KvmSnp(observer: leaks);
        Assert.True(world.Host.TryTakeFirmwarePage(out var page));
        world.Host.Platform.Holds.BeginChange(page);

        Assert.False(world.Host.ReturnFirmwarePage(page));

        Assert.Equal([(page.Value, ulong.MaxValue)], leaks.Heard);
        Assert.Equal(FrameState.Leaked, world.Machine.Frames[page]);
    }

    private sealed class LeakObserver : IStepObserver
    {
        public List<(ulong Start, ulong Detail)> Heard { get; } = [];

        public void OnStep(Machine machine, in StepEvent step)
        {
            if (step.Kind == StepKind.FramesLeaked)
            {
                Heard.Add((step.Start, step.Detail));
            }
        }
    }

    private static (KvmSnp World, VirtualMachine Vm, Gfn Gfn) Accepted()
    {
        var world = new KvmSnp(largestOrder: 9, size: 4 * KvmSnp.Large);
        world.Launch();
        world.Accept(Large, isLarge: true);
        return (world, world.Kvm.VmOf(world.Vm)!, new Gpa(Large).Frame);
    }
}
