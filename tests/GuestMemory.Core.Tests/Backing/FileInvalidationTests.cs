using Xunit;

namespace GuestMemory.Tests;

/// <summary>What a view makes of its store's invalidations: over its own frames, with the worst of its slots' answers.</summary>
public sealed class FileInvalidationTests
{
    private readonly TestWorld _world = TestWorld.Create();

    public FileInvalidationTests()
    {
        _world.Machine.GrowStore(_world.Store, 32 * 4096);
        var layout = new MemslotLayout(1, 0, TestWorld.Gfns(64, 16), MemslotFlags.GuestMemfd, 0, TestWorld.HostBase, _world.File.Id, new(16), FileServesShared: false);
        Assert.True(_world.Vm.AddSlot(layout, out _).IsSuccess);
    }

    // A failure stays one, whatever the other slots answer; short of it the last that was not done says why.
    [Theory]
    [InlineData(MmuVerdict.Done, MmuVerdict.Done, MmuVerdict.Done)]
    [InlineData(MmuVerdict.Done, MmuVerdict.Failed, MmuVerdict.Failed)]
    [InlineData(MmuVerdict.Done, MmuVerdict.Refused, MmuVerdict.Refused)]
    [InlineData(MmuVerdict.Refused, MmuVerdict.Done, MmuVerdict.Refused)]
    [InlineData(MmuVerdict.Refused, MmuVerdict.Failed, MmuVerdict.Failed)]
    [InlineData(MmuVerdict.Failed, MmuVerdict.Done, MmuVerdict.Failed)]
    [InlineData(MmuVerdict.Failed, MmuVerdict.Refused, MmuVerdict.Failed)]
    public void The_answer_is_the_worst_of_its_slots(MmuVerdict first, MmuVerdict second, MmuVerdict answer)
    {
        _world.Mmu.UnmapAnswers.Enqueue(first);
        _world.Mmu.UnmapAnswers.Enqueue(second);

        Assert.Equal(answer, _world.File.BeginInvalidate(_world.Store, TestWorld.Pages(0, 32), KindFilter.Both).Verdict);
        Assert.Empty(_world.Mmu.UnmapAnswers);
    }

    [Fact]
    public void Each_slot_is_zapped_over_the_pages_that_are_its_own()
    {
        var steps = StepRecorder.During(_world.Machine, () => _world.Store.Punch(TestWorld.Pages(14, 5)));

        Assert.Equal(
            [
                Step(StepKind.Zapped, 14, 2, (ulong)KindFilter.Both), Step(StepKind.Zapped, 64, 3, (ulong)KindFilter.Both),
                new(StepKind.PagesFreed, GuestId.None, 14, 0, 0, default), Step(StepKind.InvalidationEnded, 14, 53),
            ],
            steps);
    }

    [Theory]
    [InlineData(3, 2, 3, 2)]
    [InlineData(17, 2, 65, 2)]
    [InlineData(14, 5, 14, 53)]
    public void Faults_wait_around_all_that_is_zapped(ulong page, ulong count, ulong first, ulong around)
    {
        var scope = _world.Store.BeginInvalidate(TestWorld.Pages(page, count), KindFilter.Both);

        Assert.Equal(TestWorld.Gfns(first, around), _world.Vm.Sequence.Range);
        _world.Store.EndInvalidate(scope);
        Assert.Equal(0, _world.Vm.Sequence.InProgress);
    }

    private StepEvent Step(StepKind kind, ulong page, ulong count, ulong detail = 0) =>
        new(kind, _world.Vm.Id, TestWorld.Gfn(page).Value, count, detail, default);
}
