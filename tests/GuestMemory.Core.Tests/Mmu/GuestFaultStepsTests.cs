using Xunit;

namespace GuestMemory.Tests;

/// <summary>What each step of a fault says and does, in both orders of its first two, and what it makes of a change just before it.</summary>
public sealed class GuestFaultStepsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_fault_says_its_steps_in_their_order(bool samplesFirst)
    {
        var world = Private(samplesFirst);
        var fault = new GuestFault(world.Vm, TestWorld.Gfn(3), isWrite: true, PageKind.Private);

        var steps = StepRecorder.During(world.Machine, () => fault.Run());

        var frame = world.FrameOf(3).Value;
        var sampled = Step(world, StepKind.FaultSampled, world.Vm.Sequence.Sample().Sequence);
        var compared = Step(world, StepKind.FaultKindChecked, (ulong)PageKind.Private);
        Assert.Equal(
            [
                samplesFirst ? sampled : compared,
                samplesFirst ? compared : sampled,
                new(StepKind.PageCleared, GuestId.None, 3, 1, (ulong)world.Store.Id, default),
                Step(world, StepKind.FaultPageTaken, frame), Step(world, StepKind.FaultPrepared, frame), Step(world, StepKind.FaultMapped, frame),
            ],
            steps);
    }

    // A slot removed meanwhile is still the one the fault found.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_slot_is_found_in_the_first_step_and_kept(bool samplesFirst)
    {
        var world = Private(samplesFirst);
        var fault = new GuestFault(world.Vm, TestWorld.Gfn(3), isWrite: false, PageKind.Private);
        Assert.Null(fault.Slot);

        fault.Step();
        Assert.Same(world.Slot, fault.Slot);
        Assert.True(world.Vm.RemoveSlot(world.Slot).IsSuccess);

        Assert.Equal(FaultVerdict.Continue, fault.Step());
        Assert.Same(world.Slot, fault.Slot);
    }

    [Fact]
    public void A_fault_that_ended_early_makes_no_further_step()
    {
        var fault = new GuestFault(Private().Vm, TestWorld.Gfn(3), isWrite: false, PageKind.Shared);

        Assert.Equal(FaultVerdict.WrongKind, fault.Run());

        Assert.Equal(FaultStage.Over, fault.Next);
        Assert.Throws<InvalidOperationException>(() => fault.Step());
    }

    [Fact]
    public void A_fault_says_what_it_wants_and_where_it_stands()
    {
        var vm = Private().Vm;

        Assert.Equal($"Private fault at {new Gfn(5)} to write, next Sample", new GuestFault(vm, new(5), isWrite: true, PageKind.Private).ToString());
        Assert.Equal($"Shared fault at {new Gfn(5)}, next Sample", new GuestFault(vm, new(5), isWrite: false, PageKind.Shared).ToString());
    }

    [Fact]
    public void A_shared_page_that_is_being_freed_has_the_fault_retried()
    {
        var world = TestWorld.Create(anonymous: false);
        var scope = world.SharedStore.BeginInvalidate(TestWorld.Pages(3, 1), KindFilter.Both);
        var fault = At(world, FaultStage.TakePage, 3, PageKind.Shared);

        Assert.Equal(FaultVerdict.Retry, fault.Step());
        Assert.Equal(GuestAccess.Done(), world.Read(4));
        world.SharedStore.EndInvalidate(scope);
        Assert.Equal(GuestAccess.Done(), world.Read(3));
    }

    // The frame taken is not the page's any more: it is not made ready for the guest.
    [Fact]
    public void A_page_moved_before_it_is_prepared_has_the_fault_retried()
    {
        var world = TestWorld.Create(BackingProperties.Restrictedmem);
        world.Convert(0, 8, PageKind.Private);
        var fault = At(world, FaultStage.Prepare, 3);
        var taken = world.FrameOf(3);
        Assert.True(world.Store.Move(new(3)).IsSuccess);

        Assert.Equal(FaultVerdict.Retry, fault.Step());

        Assert.Equal([FrameOwner.Host, FrameOwner.Host], new[] { taken, world.FrameOf(3) }.Select(frame => world.Machine.Ownership.LookUp(frame).Owner));
        Assert.False(FlagsOf(world, 3).HasFlag(StoredPageFlags.Prepared));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_page_is_dirty_when_it_was_prepared_for_a_write(bool isWrite)
    {
        var world = Private();
        var fault = new GuestFault(world.Vm, TestWorld.Gfn(3), isWrite, PageKind.Private);

        Assert.Equal(FaultVerdict.Mapped, fault.Run());

        Assert.True(FlagsOf(world, 3).HasFlag(StoredPageFlags.Prepared));
        Assert.Equal(isWrite, FlagsOf(world, 3).HasFlag(StoredPageFlags.Dirty));
    }

    // Small when it was prepared, small it stays; large when it was prepared, it is small where writes are logged by now.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_leaf_is_no_larger_than_what_was_prepared_and_than_what_may_be_mapped(bool logsAtFirst)
    {
        var world = TestWorld.Create(BackingProperties.GuestMemfd with { LargestOrder = 9 }, pages: 512);
        world.Convert(0, 512, PageKind.Private);
        LogWrites(world, logsAtFirst);
        var fault = At(world, FaultStage.Map, 7);
        LogWrites(world, !logsAtFirst);

        Assert.Equal(FaultVerdict.Mapped, fault.Step());

        Assert.True(world.Vm.Mmu.TryTranslate(TestWorld.Gfn(7), out var translation));
        Assert.Equal(PageSize.Size4K, translation.Size);
        Assert.False(world.Vm.Mmu.TryTranslate(TestWorld.Gfn(6), out _));
        Assert.Equal(logsAtFirst ? FrameOwner.Host : FrameOwner.Of(world.Vm.Id), world.Machine.Ownership.LookUp(world.FrameOf(6)).Owner);
    }

    [Fact]
    public void A_slot_that_moves_away_before_the_map_has_the_fault_retried()
    {
        var world = TestWorld.Create();
        world.Vm.AddSlot(
            new(1, 0, TestWorld.Gfns(64, 4), MemslotFlags.None, 0, TestWorld.HostBase, -1, default, FileServesShared: false), out var slot);
        var fault = At(world, FaultStage.Map, 65, PageKind.Shared);
        Assert.True(world.Vm.MoveSlot(slot, TestWorld.Gfns(80, 4)).IsSuccess);

        Assert.Equal(FaultVerdict.Retry, fault.Step());

        Assert.False(world.Vm.Mmu.TryTranslate(TestWorld.Gfn(65), out _));
    }

    private static TestWorld Private(bool samplesFirst = true)
    {
        var world = TestWorld.Create(configure: options =>
            options.Rules = samplesFirst ? RuleSwitches.AllOn : RuleSwitches.AllOn.Without(CoreRules.SampleBeforeKind.Id));
        world.Convert(0, 8, PageKind.Private);
        return world;
    }

    private static GuestFault At(TestWorld world, FaultStage stage, ulong page, PageKind kind = PageKind.Private)
    {
        var fault = new GuestFault(world.Vm, TestWorld.Gfn(page), isWrite: true, kind);
        while (fault.Next != stage)
        {
            Assert.Equal(FaultVerdict.Continue, fault.Step());
        }

        return fault;
    }

    private static void LogWrites(TestWorld world, bool logs) =>
        world.Vm.ChangeSlotFlags(world.Slot, logs ? MemslotFlags.GuestMemfd | MemslotFlags.LogDirtyPages : MemslotFlags.GuestMemfd);

    private static StoredPageFlags FlagsOf(TestWorld world, ulong page) => world.Store.TryLookUp(new(page), out var stored) ? stored.Flags : default;

    private static StepEvent Step(TestWorld world, StepKind kind, ulong detail) => new(kind, world.Vm.Id, TestWorld.Gfn(3).Value, 1, detail, default);
}
