using System.Runtime.CompilerServices;

namespace GuestMemory.Tdx;

/// <summary>A TD's private tree as the host sees it: a mirror of the Secure EPT that keeps the translations and drives the module's functions.</summary>
/// <remarks>
/// Unmapping is BLOCK; flushing is TRACK, every vCPU out, REMOVE, write-back and clear: the guest's bytes are gone then. A large leaf that is
/// named in part is split first, so that its neighbours keep theirs. Source: linux-kvm-tdx, mirror page table.
/// </remarks>
public sealed partial class TdxPrivateMmu : ISecondaryMmu, IFrameMapper
{
    private readonly VirtualMachine _vm;
    private readonly TdxHost _host;
    private readonly NestedPageTable _mirror;

    internal TdxPrivateMmu(VirtualMachine vm, TdxHost host)
    {
        (_vm, _host) = (vm, host);
        _mirror = vm.CreateNestedPageTable();
    }

    /// <inheritdoc/>
    public MapperId Id => _mirror.Id;

    /// <summary>The runs of like leaves, in order of guest frame.</summary>
    public ReadOnlySpan<RangeEntry<Translation>> Runs => _mirror.Runs;

    private HostedTd? Td => _host.Find(_vm.Id);

    /// <inheritdoc/>
    public MmuAnswer Map(in MapRequest request)
    {
        if (_vm.Sequence.MustRetry(request.Sample, request.Gfns))
        {
            return MmuAnswer.Retry;
        }

        if (IsThere(request))
        {
            return MmuAnswer.Done;
        }

        if (_vm.IsDead || Td is not { IsReleased: false } td)
        {
            return Dead();
        }

        var refusal = RefusalOf(request);
        return refusal.IsSuccess ? Augment(td, SizedFor(td, request)) : MmuAnswer.Refused(refusal);
    }

    /// <inheritdoc/>
    public MmuAnswer Unmap(GfnRange range, KindFilter kinds)
    {
        if (!kinds.HasFlag(KindFilter.Private) || Td is not { } td)
        {
            return MmuAnswer.Done;
        }

        var split = SplitAtEdges(range);
        if (!split.IsDone)
        {
            return split;
        }

        foreach (var run in _mirror.RunsIn(range))
        {
            for (var at = run.Start; !td.IsReleased && at < run.End; at += run.Value.Size.FrameCount())
            {
                var blocked = _host.Block(td, new(at), run.Value.Size);
                if (!blocked.IsSuccess)
                {
                    return Failure(blocked);
                }
            }
        }

        return _mirror.Unmap(range, KindFilter.Private);
    }

    /// <inheritdoc/>
    public MmuAnswer Flush(GfnRange range)
    {
        if (Td is not { } td)
        {
            return _mirror.Flush(range);
        }

        var isTracked = false;
        while (TryFindUnflushed(range, out var run))
        {
            var tracked = isTracked || td.IsReleased ? default : _host.Track(td);
            if (!tracked.IsSuccess)
            {
                return Failure(tracked);
            }

            isTracked = true;
            var removed = _host.Remove(td, run.Gfns.Start, run.Translation.Frame, run.Translation.Size);
            if (!removed.IsSuccess)
            {
                return Failure(removed);
            }

            _mirror.Flush(new(run.Gfns.Start, run.Translation.Size.FrameCount()));
        }

        return _mirror.Flush(range);
    }

    /// <inheritdoc/>
    public MmuAnswer Split(Gfn gfn)
    {
        if (!_mirror.TryTranslate(gfn, out var leaf) || leaf.Size == PageSize.Size4K)
        {
            return _mirror.Split(gfn);
        }

        if (Td is not { IsReleased: false } td)
        {
            return Dead();
        }

        var result = _host.Demote(td, gfn.AlignDown(leaf.Size), out var isOutOfPages);
        if (isOutOfPages || !result.IsSuccess)
        {
            return isOutOfPages ? MmuAnswer.Refused(CoreRules.OutOfFrames.Refuse(gfn.Value)) : Failure(result);
        }

        return _mirror.Split(gfn);
    }

    /// <inheritdoc/>
    public MmuAnswer Merge(Gfn gfn, PageSize size)
    {
        if (!_host.Options.Hypothetical.Promotes || size != PageSize.Size2M || Td is not { IsReleased: false } td)
        {
            return MmuAnswer.Refused(TdxHostRules.NoPromotion.Refuse(gfn.Value));
        }

        if (_mirror.TryTranslate(gfn, out var leaf) && leaf.Size == size)
        {
            return MmuAnswer.Done;
        }

        if (!gfn.IsAligned(size) || !IsContiguous(gfn))
        {
            return MmuAnswer.Refused(CoreRules.NotMergeable.Refuse(gfn.Value));
        }

        var result = _host.Promote(td, gfn);
        if (!result.IsSuccess)
        {
            return TdxHost.IsBusy(result) ? new(MmuVerdict.Busy, result.ToOutcome()) : MmuAnswer.Refused(result.ToOutcome());
        }

        return _mirror.Merge(gfn, size);
    }

    /// <inheritdoc/>
    public bool TryTranslate(Gfn gfn, out Translation translation) => _mirror.TryTranslate(gfn, out translation);

    /// <inheritdoc/>
    public void FindMappings(PfnRange frames, ICollection<FrameMapping> found) => _mirror.FindMappings(frames, found);

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer) => _mirror.WriteState(ref writer);

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader) => _mirror.ReadState(ref reader);

    internal bool TryFindIn(GfnRange range, out Gfn gfn) => _mirror.TryFindIn(range, out gfn);

    // What keeps the mirror from following an ADD; asked before.
    internal Outcome RefusalToAdd(Gfn gfn, Pfn frame)
    {
        var request = Small(gfn, frame);
        return _vm.Sequence.MustRetry(request.Sample, request.Gfns) ? TdxHostRules.Busy.Refuse(gfn.Value) : RefusalOf(request);
    }

    // The launch's way in: the page is there once ADD went through.
    internal void MapAdded(Gfn gfn, Pfn frame) => Follow(Small(gfn, frame));

    // The page moved in one step of the module's; the mirror follows.
    internal void Moved(Gfn gfn, Pfn to)
    {
        _mirror.Unmap(new(gfn, 1), KindFilter.Private);
        _mirror.Flush(new(gfn, 1));
        Follow(Small(gfn, to));
    }

    private MapRequest Small(Gfn gfn, Pfn frame) => new(gfn, frame, PageSize.Size4K, PageKind.Private, Writable: true, _vm.Sequence.Sample());

    private void Follow(in MapRequest request)
    {
        var answer = _mirror.Map(request);
        if (!answer.IsDone)
        {
            throw new ModelInvariantException("mirror", $"{request.Gfn} of {_vm.Id} is in the Secure EPT, and the mirror answers {answer}");
        }
    }

    // What most calls do not come to is not inlined: room for it on the stack is zeroed on every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static MmuAnswer Dead() => new(MmuVerdict.GuestDead, CoreRules.GuestDead.Refuse());

    private static MmuAnswer Failure(in TdxResult result) => new(TdxHost.IsBusy(result) ? MmuVerdict.Busy : MmuVerdict.Failed, result.ToOutcome());

    private MmuAnswer SplitAtEdges(GfnRange range)
    {
        foreach (var edge in (ReadOnlySpan<Gfn>)[range.Start, range.End])
        {
            if (!range.IsEmpty && _mirror.TryTranslate(edge, out var leaf) && !edge.IsAligned(leaf.Size))
            {
                var split = Split(edge);
                if (!split.IsDone)
                {
                    return split;
                }
            }
        }

        return MmuAnswer.Done;
    }

    private bool TryFindUnflushed(GfnRange range, out UnflushedRun found)
    {
        foreach (var run in _mirror.Unflushed)
        {
            if (run.Gfns.Overlaps(range))
            {
                found = run;
                return true;
            }
        }

        found = default;
        return false;
    }

    // One run of small leaves over all of it: frames in a row, kind and rights alike.
    private bool IsContiguous(Gfn gfn)
    {
        foreach (var run in _mirror.RunsIn(new(gfn, PageSize.Size2M.FrameCount())))
        {
            return run.End - run.Start == PageSize.Size2M.FrameCount() && run.Value.Frame.IsAligned(PageSize.Size2M);
        }

        return false;
    }
}
