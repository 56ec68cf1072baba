namespace GuestMemory.Tests;

/// <summary>A frame pool as one state for each frame.</summary>
internal sealed class NaivePool
{
    private readonly FrameUse[] _frames;

    public NaivePool(ulong frames)
    {
        _frames = new FrameUse[frames];
        _frames[0] = new(FrameState.InUse, FramePurpose.Kernel);
    }

    public List<PfnRange> Pins { get; } = [];

    public FrameState this[Pfn frame] => _frames[frame.Value].State;

    public ulong CountOf(FrameState state) => (ulong)_frames.Count(use => use.State == state);

    public bool IsFree(ulong start, ulong granule) =>
        start % granule == 0 && start + granule <= (ulong)_frames.Length && _frames.AsSpan((int)start, (int)granule).IndexOfAnyExcept(default(FrameUse)) < 0;

    public bool HasFree(ulong start, ulong count, ulong granule)
    {
        for (var at = start; at + granule <= start + count; at += granule)
        {
            if (IsFree(at, granule))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>First frames of the runs of like frames in use.</summary>
    public IEnumerable<ulong> FirstFrames(Func<FrameUse, bool> wanted)
    {
        for (var at = 0; at < _frames.Length; at++)
        {
            var use = _frames[at];
            if (use.State != FrameState.Free && wanted(use) && (at == 0 || _frames[at - 1] != use))
            {
                yield return (ulong)at;
            }
        }
    }

    public bool SharesBlock(PfnRange frames, FramePurpose purpose)
    {
        var block = (int)frames.Start.AlignDown(PageSize.Size2M).Value;
        return _frames.AsSpan(block, 512).ToArray().Any(use => use.State != FrameState.Free && use.Purpose != purpose);
    }

    public void Take(PfnRange frames, FramePurpose purpose) => Each(frames, use => use.State == FrameState.Free
        ? new(FrameState.InUse, purpose)
        : throw new InvalidOperationException("A frame that is not free was given out."));

    public void GiveBack(PfnRange frames)
    {
        for (var frame = frames.Start; frame < frames.End; frame += 1)
        {
            var pinned = Pins.Any(pin => pin.Contains(frame));
            Each(new(frame, 1), use => use.State == FrameState.Poisoned ? use : pinned ? use with { State = FrameState.Deferred } : default);
        }
    }

    public void Leak(PfnRange frames) => Each(frames, use => use.State == FrameState.Poisoned ? use : use with { State = FrameState.Leaked });

    public void Poison(Pfn frame) => Each(new(frame, 1), use => use with { State = FrameState.Poisoned });

    public void Unpin(PfnRange pin)
    {
        Pins.Remove(pin);
        for (var frame = pin.Start; frame < pin.End; frame += 1)
        {
            if (this[frame] == FrameState.Deferred && !Pins.Any(other => other.Contains(frame)))
            {
                _frames[frame.Value] = default;
            }
        }
    }

    private void Each(PfnRange frames, Func<FrameUse, FrameUse> next)
    {
        for (var frame = frames.Start; frame < frames.End; frame += 1)
        {
            _frames[frame.Value] = next(_frames[frame.Value]);
        }
    }
}
