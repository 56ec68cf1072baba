using Xunit;

namespace GuestMemory.Tests;

/// <summary>What is given back of freed pages, when not all that was made ready for a guest can be had back.</summary>
public sealed class GiveBackTests
{
    private readonly ScriptedTable _table = new();
    private readonly Machine _machine;
    private readonly BackingStore _store;

    public GiveBackTests()
    {
        _machine = new MachineFactory(new() { OwnershipTable = _ => _table }).Create();
        _store = _machine.CreateStore(BackingProperties.GuestMemfd, 4 * 4096);
        _store.Allocate(new(default, 4));
        _store.AddFlags(new(default, 4), StoredPageFlags.Prepared);
    }

    [Fact]
    public void One_frame_that_stays_does_not_cost_its_neighbours()
    {
        var frames = Frames();
        _table.Kept.Add(frames[1]);

        var steps = StepRecorder.During(_machine, () => _store.Punch(new(default, 4)));

        Assert.Equal([FrameState.Free, FrameState.Leaked, FrameState.Free, FrameState.Free], frames.Select(frame => _machine.Frames[frame]));
        Assert.Equal(
            [
                Step(StepKind.FramesReturned, frames[0]), Step(StepKind.FramesLeaked, frames[1]), Step(StepKind.FramesReturned, frames[2]),
                Step(StepKind.FramesReturned, frames[3]), new(StepKind.PagesFreed, GuestId.None, 0, 4, 0, default),
            ],
            steps);
    }

    [Fact]
    public void A_single_frame_that_stays_is_asked_for_once()
    {
        var frames = Frames();
        _table.Kept.Add(frames[2]);

        Assert.Equal(1UL, _store.Punch(new(new(2), 1)).Info);

        Assert.Equal([new PfnRange(frames[2], 1)], _table.Reclaims);
        Assert.Equal(FrameState.Leaked, _machine.Frames[frames[2]]);
    }

    [Fact]
    public void Two_listeners_that_fail_are_a_failure()
    {
        _store.Attach(new RecordingListener(MmuVerdict.Failed));
        _store.Attach(new RecordingListener(MmuVerdict.Failed));

        Assert.True(_store.BeginInvalidate(new(default, 1), KindFilter.Both).Failed);
    }

    private static StepEvent Step(StepKind kind, Pfn frame) => new(kind, GuestId.None, frame.Value, 1, 0, default);

    private Pfn[] Frames() => [.. Enumerable.Range(0, 4).Select(page => _store.TryLookUp(new((ulong)page), out var stored) ? stored.Frame : default)];
}
