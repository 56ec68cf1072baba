using Xunit;

namespace GuestMemory.Tests;

/// <summary>When a process lets go of pages its VM says which frames lost their shared side, and which have it again.</summary>
public sealed class HostInvalidationStepsTests
{
    private readonly TestWorld _world = TestWorld.Create();

    [Fact]
    public void The_shared_side_is_zapped_and_its_end_said() => Assert.Equal(
        [Step(StepKind.Zapped, 2, 3, (ulong)KindFilter.Shared), Step(StepKind.InvalidationEnded, 2, 3)],
        StepRecorder.During(_world.Machine, () => _world.Process.LetGo(TestWorld.HostPages(2, 3))));

    [Fact]
    public void Pages_no_slot_shows_say_nothing() =>
        Assert.Empty(StepRecorder.During(_world.Machine, () => _world.Process.LetGo(TestWorld.HostPages(16, 3))));

    [Fact]
    public void Each_invalidation_ends_over_its_own_frames()
    {
        _world.Vm.BeginHostInvalidate(_world.Process, TestWorld.HostPages(2, 3));
        _world.Vm.BeginHostInvalidate(_world.Process, TestWorld.HostPages(9, 1));
        Assert.Equal(2, _world.Vm.OpenHostInvalidations);

        var first = StepRecorder.During(_world.Machine, () => _world.Vm.EndHostInvalidate(_world.Process, TestWorld.HostPages(2, 3)));
        var second = StepRecorder.During(_world.Machine, () => _world.Vm.EndHostInvalidate(_world.Process, TestWorld.HostPages(9, 1)));

        Assert.Equal([Step(StepKind.InvalidationEnded, 2, 3)], first);
        Assert.Equal([Step(StepKind.InvalidationEnded, 9, 1)], second);
        Assert.Equal((0, 0), (_world.Vm.OpenHostInvalidations, _world.Vm.Sequence.InProgress));
    }

    [Fact]
    public void An_end_that_never_began_says_nothing() =>
        Assert.Empty(StepRecorder.During(_world.Machine, () => _world.Vm.EndHostInvalidate(_world.Process, TestWorld.HostPages(2, 3))));

    // A fault on any frame between the lowest and the highest waits, whatever the order the slots came in.
    [Theory]
    [InlineData(0x100, 0x80000)]
    [InlineData(0x80000, 0x100)]
    public void Slots_apart_from_each_other_are_one_range_around_them(ulong second, ulong third)
    {
        AddAt(1, second);
        AddAt(2, third);

        _world.Vm.BeginHostInvalidate(_world.Process, TestWorld.HostPages(2, 3));

        Assert.Equal(GfnRange.FromBounds(new(0x102), new(0x80005)), _world.Vm.Sequence.Range);
    }

    private StepEvent Step(StepKind kind, ulong page, ulong count, ulong detail = 0) =>
        new(kind, _world.Vm.Id, TestWorld.Gfn(page).Value, count, detail, default);

    private void AddAt(int id, ulong gfn) => Assert.True(_world.Vm.AddSlot(
        new(id, 0, new(new(gfn), 16), MemslotFlags.None, 0, TestWorld.HostBase, -1, default, FileServesShared: false), out _).IsSuccess);
}
