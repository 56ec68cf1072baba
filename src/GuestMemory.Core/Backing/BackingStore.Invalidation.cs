namespace GuestMemory;

/// <content>Freeing, moving and poisoning: each inside an invalidation.</content>
public sealed partial class BackingStore
{
    /// <inheritdoc/>
    public void Attach(IBackingListener listener) => _listeners.Add(listener);

    /// <summary>Takes a listener away.</summary>
    /// <param name="listener">The listener; no invalidation of it may be open.</param>
    public void Detach(IBackingListener listener) => _listeners.Remove(listener);

    /// <inheritdoc/>
    public InvalidationScope BeginInvalidate(PageIndexRange pages, KindFilter kinds)
    {
        _open.InsertSorted(pages);
        var failed = false;
        foreach (var listener in _listeners)
        {
            // A refusal is no failure: what still maps the pages stands in the way of the step instead.
            failed |= listener.BeginInvalidate(this, pages, kinds).Verdict == MmuVerdict.Failed;
        }

        return new(pages, failed);
    }

    /// <inheritdoc/>
    public Outcome Free(InvalidationScope scope)
    {
        RequireOpen(scope);
        if (SplitsLargePage(scope.Pages) && !_machine.IsOff(CoreRules.Indivisible))
        {
            return CoreRules.Indivisible.Refuse(scope.Pages.Start.Value);
        }

        // What a listener could not let go of stays mapped and is leaked: nothing of it is given back.
        var refusal = scope.Failed ? Outcome.Success : RefusalOfMapped(scope.Pages);
        if (!refusal.IsSuccess)
        {
            return refusal;
        }

        var freed = 0UL;
        _leaving.Clear();
        foreach (var run in _pages.Overlapping(scope.Pages.Start.Value, scope.Pages.End.Value))
        {
            _leaving.Add(run);
            freed += run.Length;
        }

        _pages.Remove(scope.Pages.Start.Value, scope.Pages.End.Value);
        foreach (var run in _leaving)
        {
            GiveBack(run, scope.Failed);
        }

        freed += _swapped.Count > 0 ? ForgetSwapped(scope.Pages) : 0;
        Emit(StepKind.PagesFreed, scope.Pages.Start.Value, freed, Outcome.Success);
        return Outcome.Success with { Info = freed };
    }

    /// <inheritdoc/>
    public void EndInvalidate(InvalidationScope scope)
    {
        RequireOpen(scope);
        foreach (var listener in _listeners)
        {
            listener.EndInvalidate(this, scope.Pages);
        }

        _open.Remove(scope.Pages);
    }

    /// <summary>Frees a range: opens an invalidation, frees, ends it.</summary>
    /// <param name="pages">The pages.</param>
    /// <returns>What <see cref="Free"/> answered.</returns>
    public Outcome Punch(PageIndexRange pages)
    {
        var scope = BeginInvalidate(pages, KindFilter.Both);
        var outcome = Free(scope);
        EndInvalidate(scope);
        return outcome;
    }

    /// <summary>Marks a page broken: its mappings go, its place in the file stays taken until it is punched.</summary>
    /// <param name="index">A page the store holds.</param>
    public Outcome Poison(PageIndex index)
    {
        if (!_pages.TryGet(index.Value, out var stored))
        {
            return CoreRules.NotPresent.Refuse(index.Value);
        }

        var scope = BeginInvalidate(new(index, 1), KindFilter.Both);
        _machine.Frames.Poison(stored.Frame);
        AddFlags(new(index, 1), StoredPageFlags.Poisoned);
        Emit(StepKind.PagePoisoned, index.Value, 1, Outcome.Success);
        EndInvalidate(scope);
        return Outcome.Success;
    }

    /// <summary>Moves a page to another frame, its bytes with it.</summary>
    /// <param name="index">A page the store holds.</param>
    /// <returns>Success with the new frame; refused when the store is not movable, or the page pinned, broken or large.</returns>
    public Outcome Move(PageIndex index)
    {
        if (!Properties.Movable && !_machine.IsOff(CoreRules.NotSupported))
        {
            return CoreRules.NotSupported.Refuse(index.Value);
        }

        var refusal = RefusalToLeaveFrame(index, out var stored);
        return refusal.IsSuccess ? MoveTo(index, stored) : refusal;
    }

    /// <summary>Whether an invalidation over pages of a range is open.</summary>
    /// <param name="pages">The pages.</param>
    public bool IsOpenOver(PageIndexRange pages)
    {
        foreach (var open in _open)
        {
            if (open.Overlaps(pages))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A technology moved a page by itself, bytes and translation: the store holds the new frame from now on and gives the old one back.</summary>
    /// <param name="index">A page the store holds, no part of a large one.</param>
    /// <param name="frame">The new frame, taken from the machine's pool.</param>
    /// <returns>Success; or why the page must stay where it is: then the caller gives the new frame back.</returns>
    public Outcome Replace(PageIndex index, Pfn frame)
    {
        var refusal = RefusalToMove(index, out var stored);
        if (!refusal.IsSuccess)
        {
            return refusal;
        }

        if (!Properties.DirectMapped)
        {
            _machine.DirectMap.Remove(new(frame, 1));
        }

        _pages.Set(index.Value, index.Value + 1, stored with { Frame = frame });
        Emit(StepKind.PageMoved, index.Value, 1, Outcome.Success);
        GiveBack(new(index.Value, index.Value + 1, stored), failed: false);
        return Outcome.Success;
    }

    private Outcome MoveTo(PageIndex index, StoredPage stored)
    {
        if (!_machine.Frames.TryTake(new(0, 1, FramePurpose.Guest), out var frames))
        {
            return CoreRules.OutOfFrames.Refuse(index.Value);
        }

        var scope = BeginInvalidate(new(index, 1), KindFilter.Both);
        var refusal = RefusalOfMapped(scope.Pages);
        if (!refusal.IsSuccess)
        {
            _machine.Frames.GiveBack(frames);
            EndInvalidate(scope);
            return refusal;
        }

        if (!Properties.DirectMapped)
        {
            _machine.DirectMap.Remove(frames);
        }

        _machine.Contents.Copy(stored.Frame, frames.Start);
        _pages.Set(index.Value, index.Value + 1, stored with { Frame = frames.Start, Flags = stored.Flags & ~StoredPageFlags.Prepared });
        Emit(StepKind.PageMoved, index.Value, 1, Outcome.Success);
        GiveBack(new(index.Value, index.Value + 1, stored), scope.Failed);
        EndInvalidate(scope);
        return Outcome.Success with { Info = frames.Start.Value };
    }

    private bool SplitsLargePage(PageIndexRange pages)
    {
        // The last page reaches beyond a store that is no multiple of it; the store's end is its end too.
        var within = (1UL << Properties.LargestOrder) - 1;
        return !Properties.Divisible && ((pages.Start.Value & within) != 0 || ((pages.End.Value & within) != 0 && pages.End.Value < PageCount));
    }

    private Outcome RefusalOfMapped(PageIndexRange pages)
    {
        if (_machine.Enforcement == Enforcement.Enforce)
        {
            foreach (var run in _pages.Overlapping(pages.Start.Value, pages.End.Value))
            {
                var frames = new PfnRange(run.Value.Frame, run.End - run.Start);
                if (_machine.Mappings.AnyMapped(frames, KindFilter.Both) && _machine.StillMappedBeyondPins(frames, out var refusal))
                {
                    return refusal;
                }
            }
        }

        return Outcome.Success;
    }

    private void GiveBack(in RangeEntry<StoredPage> run, bool failed)
    {
        var frames = new PfnRange(run.Value.Frame, run.End - run.Start);
        if (failed)
        {
            Leak(frames);
        }
        else if (!run.Value.Flags.HasFlag(StoredPageFlags.Prepared) || _machine.Ownership.Reclaim(frames).IsSuccess)
        {
            Return(frames);
        }
        else
        {
            GiveBackOneByOne(frames);
        }
    }

    // What cannot be reclaimed is leaked; its neighbours are not lost with it.
    private void GiveBackOneByOne(PfnRange frames)
    {
        for (var frame = frames.Start; frame < frames.End; frame += 1)
        {
            var one = new PfnRange(frame, 1);
            if (frames.Count > 1 && _machine.Ownership.Reclaim(one).IsSuccess)
            {
                Return(one);
            }
            else
            {
                Leak(one);
            }
        }
    }

    private void Leak(PfnRange frames)
    {
        _machine.Frames.Leak(frames);
        Emit(StepKind.FramesLeaked, frames.Start.Value, frames.Count, Outcome.Success);
    }

    private void Return(PfnRange frames)
    {
        // What is not safely the host's again stays out of the direct map.
        if (!Properties.DirectMapped)
        {
            _machine.DirectMap.Restore(frames);
        }

        _machine.Frames.GiveBack(frames);
        Emit(StepKind.FramesReturned, frames.Start.Value, frames.Count, Outcome.Success);
    }

    private void Emit(StepKind kind, ulong start, ulong count, Outcome outcome)
    {
        if (_machine.Observer is not null)
        {
            _machine.Emit(new(kind, GuestId.None, start, count, (ulong)Id, outcome));
        }
    }

    private void RequireOpen(InvalidationScope scope)
    {
        if (!_open.Contains(scope.Pages))
        {
            throw new ModelInvariantException("I4", $"no invalidation of {scope.Pages} is open on store {Id}");
        }
    }
}
