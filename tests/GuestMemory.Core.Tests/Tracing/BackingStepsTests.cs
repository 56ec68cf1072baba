using Xunit;

namespace GuestMemory.Tests;

/// <summary>What a store says, and its views with it, when pages are freed, broken, moved, lost or written out.</summary>
public sealed class BackingStepsTests
{
    [Fact]
    public void A_punch_zaps_frees_and_ends()
    {
        var world = Used(BackingProperties.GuestMemfd);
        var frame = world.FrameOf(3);

        var steps = StepRecorder.During(world.Machine, () => world.Store.Punch(TestWorld.Pages(3, 1)));

        Assert.Equal([Zapped(world), Of(StepKind.FramesReturned, frame.Value, 1), Of(StepKind.PagesFreed, 3, 1), Ended(world)], steps);
    }

    [Fact]
    public void Frames_that_could_not_be_let_go_of_are_said_to_be_leaked()
    {
        var world = Used(BackingProperties.GuestMemfd);
        var frame = world.FrameOf(3);
        world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Failed);

        var steps = StepRecorder.During(world.Machine, () => world.Store.Punch(TestWorld.Pages(3, 1)));

        Assert.Equal(
            [
                Zapped(world) with { Outcome = CoreRules.NotSupported.Refuse() },
                Of(StepKind.FramesLeaked, frame.Value, 1), Of(StepKind.PagesFreed, 3, 1), Ended(world),
            ],
            steps);
    }

    [Fact]
    public void A_page_that_breaks_is_zapped_first()
    {
        var world = Used(BackingProperties.GuestMemfd);

        var steps = StepRecorder.During(world.Machine, () => world.Store.Poison(new(3)));

        Assert.Equal([Zapped(world), Of(StepKind.PagePoisoned, 3, 1), Ended(world)], steps);
    }

    [Fact]
    public void A_moved_page_says_the_frame_that_returns()
    {
        var world = Used(BackingProperties.Restrictedmem);
        var frame = world.FrameOf(3);

        var steps = StepRecorder.During(world.Machine, () => world.Store.Move(new(3)));

        Assert.Equal([Zapped(world), Of(StepKind.PageMoved, 3, 1), Of(StepKind.FramesReturned, frame.Value, 1), Ended(world)], steps);
    }

    [Fact]
    public void A_page_written_out_leaves_its_process_and_comes_back_cleared_for_use()
    {
        var machine = new MachineFactory().Create();
        machine.CreateProcess();
        var process = machine.CreateProcess();
        machine.CreateStore(BackingProperties.Memfd, 4096);
        var store = machine.CreateStore(BackingProperties.Anonymous, 0x4000);
        process.Map(new(new(0x100), 4), new(store.Id, default, HostRights.Read | HostRights.Write, IsShared: false, -1, IsLocked: false));
        process.Store(new(0x102 << 12), 8, 7);
        store.TryLookUp(new(2), out var page);

        var away = StepRecorder.During(machine, () => store.SwapOut(new(2)));
        var back = StepRecorder.During(machine, () => process.Load(new(0x102 << 12), 8, out _));

        Assert.Equal(
            [new(StepKind.HostUnmapped, GuestId.None, 0x102, 1, 1, default), Of(StepKind.FramesReturned, page.Frame.Value, 1, store: 1)],
            away);
        store.TryLookUp(new(2), out page);
        Assert.Equal(
            [Of(StepKind.PageCleared, 2, 1, store: 1), new(StepKind.HostMapped, GuestId.None, 0x102, 1, page.Frame.Value, default)],
            back);
    }

    [Fact]
    public void First_use_of_a_page_says_that_it_was_cleared()
    {
        var machine = new MachineFactory().Create();
        var store = machine.CreateStore(BackingProperties.Memfd, 0x4000);
        store.Allocate(new(new(1), 1));

        Assert.Equal([Of(StepKind.PageCleared, 1, 1)], StepRecorder.During(machine, () => store.ClearForUse(new(1))));
        Assert.Empty(StepRecorder.During(machine, () => store.ClearForUse(new(1))));
    }

    private static TestWorld Used(BackingProperties properties)
    {
        var world = TestWorld.Create(properties);
        world.Convert(0, 16, PageKind.Private);
        world.Store.Allocate(TestWorld.Pages(0, 8));
        world.Write(3, 1);
        return world;
    }

    private static StepEvent Of(StepKind kind, ulong start, ulong count, ulong store = 0) => new(kind, GuestId.None, start, count, store, default);

    private static StepEvent Zapped(TestWorld world) =>
        new(StepKind.Zapped, world.Vm.Id, TestWorld.Gfn(3).Value, 1, (ulong)KindFilter.Both, default);

    private static StepEvent Ended(TestWorld world) => new(StepKind.InvalidationEnded, world.Vm.Id, TestWorld.Gfn(3).Value, 1, 0, default);
}
