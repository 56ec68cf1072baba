namespace GuestMemory;

/// <summary>The machine's one pool of page frames. Which frames a request gets is a function of the pool alone.</summary>
/// <remarks>
/// Frame 0 is the kernel's zero page: always in use, mapped read-only wherever untouched anonymous memory is read. Cost
/// follows runs of frames in use, not the machine's size. Bytes stay in a frame that returns to the pool. Not thread-safe.
/// </remarks>
public sealed class FramePool : IStateful
{
    private readonly RangeMap<FrameUse> _runs = new();
    private readonly IFrameChoice _choice;
    private readonly IFaultInjector? _injector;
    private readonly ulong _framesPerNode;

    internal FramePool(ulong frames, ulong framesPerNode, IFrameChoice choice, ReverseIndex index, Enforcement enforcement, IFaultInjector? injector)
    {
        AllFrames = new(default, frames);
        _framesPerNode = framesPerNode;
        _choice = choice;
        _injector = injector;
        Pins = new(index, enforcement);
        _runs.Set(ZeroFrame.Value, ZeroFrame.Value + 1, new(FrameState.InUse, FramePurpose.Kernel));
    }

    /// <summary>The kernel's zero page.</summary>
    public static Pfn ZeroFrame => default;

    /// <summary>Every frame of the machine.</summary>
    public PfnRange AllFrames { get; }

    /// <summary>Long-term pins.</summary>
    public FramePins Pins { get; }

    /// <summary>The runs that are not free, in order.</summary>
    public ReadOnlySpan<RangeEntry<FrameUse>> Runs => _runs.Runs;

    /// <summary>Where a frame stands.</summary>
    /// <param name="frame">The frame.</param>
    public FrameState this[Pfn frame] => _runs.TryGet(frame.Value, out var use) ? use.State : FrameState.Free;

    /// <summary>The NUMA node a frame belongs to.</summary>
    /// <param name="frame">The frame.</param>
    public int NodeOf(Pfn frame) => checked((int)(frame.Value / _framesPerNode));

    /// <summary>Frames in a state.</summary>
    /// <param name="state">Any state but free.</param>
    public ulong CountOf(FrameState state)
    {
        var count = 0UL;
        foreach (var run in _runs.Runs)
        {
            count += run.Value.State == state ? run.End - run.Start : 0;
        }

        return count;
    }

    /// <summary>Takes a contiguous run of frames.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="frames">What was taken: at least one granule, at most what was wanted.</param>
    public bool TryTake(in FrameRequest request, out PfnRange frames)
    {
        if (request.Most < request.Granule || (_injector?.Strikes(InjectionPoint.FrameAllocation) ?? false) || !_choice.TryChoose(this, request, out frames))
        {
            frames = default;
            return false;
        }

        _runs.Set(frames.Start.Value, frames.End.Value, new(FrameState.InUse, request.Purpose));
        return true;
    }

    /// <summary>Takes particular frames out of the pool: what the platform keeps for itself.</summary>
    /// <param name="frames">Free frames of the machine.</param>
    /// <param name="purpose">What for.</param>
    /// <exception cref="ArgumentException">A frame is not the machine's, or not free.</exception>
    public void Reserve(PfnRange frames, FramePurpose purpose)
    {
        if (!AllFrames.Contains(frames) || _runs.ContainsAny(frames.Start.Value, frames.End.Value))
        {
            throw new ArgumentException($"{frames} cannot be reserved: not all of it is free memory of this machine.", nameof(frames));
        }

        _runs.Set(frames.Start.Value, frames.End.Value, new(FrameState.InUse, purpose));
    }

    /// <summary>Gives frames back. A pinned one waits for its last pin, a broken one never returns.</summary>
    /// <param name="frames">Frames in use.</param>
    public void GiveBack(PfnRange frames) => Settle(frames, static (pool, frame) =>
        pool.Pins.AnyPinned(frame) ? FrameState.Deferred : FrameState.Free);

    /// <summary>Loses frames on purpose: they are never given out again.</summary>
    /// <param name="frames">Frames in use.</param>
    public void Leak(PfnRange frames) => Settle(frames, static (_, _) => FrameState.Leaked);

    /// <summary>Marks a frame broken.</summary>
    /// <param name="frame">The frame; a free one is broken in the kernel's hands.</param>
    public void Poison(Pfn frame)
    {
        var use = _runs.TryGet(frame.Value, out var found) ? found : new(FrameState.InUse, FramePurpose.Kernel);
        _runs.Set(frame.Value, frame.Value + 1, use with { State = FrameState.Poisoned });
    }

    /// <summary>Pins a run of frames.</summary>
    /// <param name="frames">Frames in use.</param>
    /// <param name="owner">For whom.</param>
    /// <returns>Success; or, where unmap-before-convert is enforced, its refusal of a pin that reads and writes a frame some guest maps private.</returns>
    public Outcome Pin(PfnRange frames, PinOwner owner) => Pins.Add(frames, owner);

    /// <summary>Drops one pin. Frames that waited for it return to the pool.</summary>
    /// <param name="frames">The run, as it was pinned.</param>
    /// <param name="owner">By whom.</param>
    /// <exception cref="ArgumentException">There is no such pin.</exception>
    public void Unpin(PfnRange frames, PinOwner owner)
    {
        if (!Pins.Remove(frames, owner))
        {
            throw new ArgumentException($"{owner} holds no pin over {frames}.", nameof(frames));
        }

        for (var frame = frames.Start; frame < frames.End; frame += 1)
        {
            if (this[frame] == FrameState.Deferred && !Pins.AnyPinned(new(frame, 1)))
            {
                _runs.Remove(frame.Value, frame.Value + 1);
            }
        }
    }

    /// <summary>Finds the lowest free run in a window that fits a request.</summary>
    /// <param name="window">Where to look.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="frames">The run, cut to what is wanted.</param>
    public bool TryFindFree(PfnRange window, in FrameRequest request, out PfnRange frames)
    {
        var mask = request.Granule - 1;
        var from = window.Start.Value;
        while (from < window.End.Value && _runs.TryFirstGap(from, window.End.Value, out var start, out var end))
        {
            var aligned = (start + mask) & ~mask;
            var most = Math.Min(request.Most & ~mask, aligned < end ? (end - aligned) & ~mask : 0);
            if (most > 0)
            {
                frames = new(new(aligned), most);
                return true;
            }

            from = end;
        }

        frames = default;
        return false;
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Runs(_runs, static (ref writer, in value) =>
        {
            writer.Byte((byte)value.State);
            writer.Byte((byte)value.Purpose);
        });
        Pins.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        reader.Runs(_runs, static (ref reader) => new((FrameState)reader.Byte(), (FramePurpose)reader.Byte()));
        Pins.ReadState(ref reader);
    }

    private void Settle(PfnRange frames, Func<FramePool, PfnRange, FrameState> next)
    {
        var at = frames.Start.Value;
        while (at < frames.End.Value)
        {
            if (!_runs.TryGetRun(at, out var run) || run.Value.State is not (FrameState.InUse or FrameState.Poisoned))
            {
                throw new ModelInvariantException("frame-pool", $"pfn 0x{at:x} is given back but not in use");
            }

            var end = Math.Min(run.End, frames.End.Value);
            SettleRun(at, end, run.Value, next);
            at = end;
        }
    }

    private void SettleRun(ulong start, ulong end, FrameUse use, Func<FramePool, PfnRange, FrameState> next)
    {
        if (use.State == FrameState.Poisoned)
        {
            return;
        }

        // Frame by frame only where a pin makes neighbours differ.
        var piece = Pins.AnyPinned(PfnRange.FromBounds(new(start), new(end))) ? 1 : end - start;
        for (var at = start; at < end; at += piece)
        {
            var state = next(this, new(new(at), piece));
            if (state == FrameState.Free)
            {
                _runs.Remove(at, at + piece);
            }
            else
            {
                _runs.Set(at, at + piece, use with { State = state });
            }
        }
    }
}
