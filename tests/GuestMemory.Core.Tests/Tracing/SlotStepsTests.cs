using Xunit;

namespace GuestMemory.Tests;

/// <summary>What a VM says of its slots and attributes: which steps, in which order, over which frames.</summary>
public sealed class SlotStepsTests
{
    private const int Id = 5;
    private readonly TestWorld _world = TestWorld.Create();

    [Fact]
    public void Adding_a_slot_says_its_frames_and_its_number() =>
        Assert.Equal([Step(StepKind.SlotAdded, 64, 4, Id)], During(() => AddPlain(out _)));

    [Fact]
    public void Removing_a_slot_zaps_it_first()
    {
        AddPlain(out var slot);

        Assert.Equal(
            [Step(StepKind.Zapped, 64, 4, (ulong)KindFilter.Both), Step(StepKind.SlotRemoved, 64, 4, Id)],
            During(() => _world.Vm.RemoveSlot(slot)));
    }

    [Fact]
    public void Moving_a_slot_zaps_where_it_was_and_says_where_that_is()
    {
        AddPlain(out var slot);

        Assert.Equal(
            [Step(StepKind.Zapped, 64, 4, (ulong)KindFilter.Both), Step(StepKind.SlotMoved, 128, 4, TestWorld.Gfn(64).Value)],
            During(() => _world.Vm.MoveSlot(slot, TestWorld.Gfns(128, 4))));
    }

    [Fact]
    public void A_slot_of_another_make_comes_and_goes_with_the_same_steps()
    {
        var handle = _world.Vm.Slots.NextHandle();

        Assert.Equal([Step(StepKind.SlotAdded, 64, 4)], During(() => _world.Vm.AddSlot(handle, new ForeignSlot(TestWorld.Gfns(64, 4)))));
        Assert.Equal(
            [Step(StepKind.Zapped, 64, 4, (ulong)KindFilter.Both), Step(StepKind.SlotRemoved, 64, 4)],
            During(() => _world.Vm.RemoveSlot(handle)));
        Assert.Equal((0, 0), (_world.Vm.OwnInvalidations, _world.Vm.Sequence.InProgress));
    }

    [Fact]
    public void A_conversion_zaps_within_its_invalidation() => Assert.Equal(
        [
            Step(StepKind.InvalidationBegan, 2, 3),
            Step(StepKind.Zapped, 2, 3, (ulong)KindFilter.Both),
            Step(StepKind.AttributesStored, 2, 3, (ulong)MemoryAttributes.Private),
            Step(StepKind.InvalidationEnded, 2, 3),
        ],
        During(() => _world.Convert(2, 3, PageKind.Private)));

    [Fact]
    public void A_refused_zap_says_why()
    {
        _world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Refused);

        Assert.Equal(
            [
                Step(StepKind.InvalidationBegan, 2, 3),
                Step(StepKind.Zapped, 2, 3, (ulong)KindFilter.Both, CoreRules.NotSupported.Refuse()),
                Step(StepKind.InvalidationEnded, 2, 3),
            ],
            During(() => _world.Convert(2, 3, PageKind.Private)));
    }

    [Fact]
    public void Releasing_a_file_zaps_what_it_is_bound_to()
    {
        var unbound = _world.Machine.OpenFile(_world.Vm.Id, _world.Store);

        Assert.Equal([new(StepKind.FileReleased, _world.Vm.Id, 0, 0, 1, Outcome.Success)], During(unbound.Release));
        Assert.Equal(
            [Step(StepKind.Zapped, 0, 16, (ulong)KindFilter.Both), new(StepKind.FileReleased, _world.Vm.Id, 0, 0, 0, Outcome.Success)],
            During(_world.File.Release));
    }

    private StepEvent[] During(Action act) => StepRecorder.During(_world.Machine, act);

    private StepEvent Step(StepKind kind, ulong page, ulong count, ulong detail = 0, Outcome outcome = default) =>
        new(kind, _world.Vm.Id, TestWorld.Gfn(page).Value, count, detail, outcome);

    private void AddPlain(out Memslot slot) => _world.Vm.AddSlot(
        new(Id, 0, TestWorld.Gfns(64, 4), MemslotFlags.None, 0, TestWorld.HostBase, -1, default, FileServesShared: false), out slot);
}
