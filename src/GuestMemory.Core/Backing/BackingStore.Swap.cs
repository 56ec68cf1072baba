namespace GuestMemory;

/// <content>Swap: a page without a frame, its bytes kept.</content>
public sealed partial class BackingStore
{
    private readonly List<SwappedPage> _swapped = [];

    /// <summary>Whether a page is written out.</summary>
    /// <param name="index">The page.</param>
    public bool IsSwappedOut(PageIndex index) => _swapped.Exists(page => page.Index == index.Value);

    /// <summary>Writes a page out: its mappings go, its frame returns to the pool, its bytes stay with the store until the next use.</summary>
    /// <param name="index">A page the store holds.</param>
    /// <returns>Success; refused when the store is not swappable, or the page pinned, broken or large.</returns>
    public Outcome SwapOut(PageIndex index)
    {
        if (!Properties.Swappable && !_machine.IsOff(CoreRules.NotSupported))
        {
            return CoreRules.NotSupported.Refuse(index.Value);
        }

        var refusal = RefusalToLeaveFrame(index, out var stored);
        if (!refusal.IsSuccess)
        {
            return refusal;
        }

        var scope = BeginInvalidate(new(index, 1), KindFilter.Both);
        refusal = RefusalOfMapped(scope.Pages);
        if (refusal.IsSuccess)
        {
            _swapped.InsertSorted(new(index.Value, _machine.Contents.Save(stored.Frame)), static (left, right) => left.Index < right.Index);
            _pages.Remove(index.Value, index.Value + 1);
            GiveBack(new(index.Value, index.Value + 1, stored), scope.Failed);
        }

        EndInvalidate(scope);
        return refusal;
    }

    /// <summary>Whether a page cannot be in another frame at all: not there, broken, pinned, or part of a large one.</summary>
    /// <param name="index">The page.</param>
    /// <param name="stored">The page, when the store holds it.</param>
    /// <returns>Success, or why it must stay.</returns>
    public Outcome RefusalToMove(PageIndex index, out StoredPage stored)
    {
        if (!_pages.TryGet(index.Value, out stored))
        {
            return CoreRules.NotPresent.Refuse(index.Value);
        }

        if (stored.Flags.HasFlag(StoredPageFlags.Poisoned) && !_machine.IsOff(CoreRules.Poisoned))
        {
            return CoreRules.Poisoned.Refuse(index.Value);
        }

        if (_machine.Frames.Pins.AnyPinned(new(stored.Frame, 1)) && !_machine.IsOff(CoreRules.Pinned))
        {
            return CoreRules.Pinned.Refuse(index.Value);
        }

        return OrderOf(index) > 0 ? CoreRules.Indivisible.Refuse(index.Value) : Outcome.Success;
    }

    // Moving and swapping unmap; a guest whose bytes do not survive that loses them.
    private Outcome RefusalToLeaveFrame(PageIndex index, out StoredPage stored)
    {
        var refusal = RefusalToMove(index, out stored);
        return refusal.IsSuccess && IsBoundToFrame(stored.Frame) ? CoreRules.BoundToFrame.Refuse(index.Value) : refusal;
    }

    private bool IsBoundToFrame(Pfn frame)
    {
        var owner = _machine.Ownership.LookUp(frame).Owner;
        return owner.Kind == OwnerKind.Guest && owner.Guest != GuestId.None
            && _machine.VirtualMachine(owner.Guest) is { IsLive: true, Technology.Traits.PrivateBytesSurviveUnmap: false }
            && !_machine.IsOff(CoreRules.BoundToFrame);
    }

    private ulong ForgetSwapped(PageIndexRange pages) =>
        (ulong)_swapped.RemoveAll(page => pages.Contains(new PageIndex(page.Index)));

    private void BringBack(ulong first, PfnRange frames)
    {
        for (var at = _swapped.Count - 1; at >= 0; at--)
        {
            var page = _swapped[at];
            if (page.Index >= first && page.Index - first < frames.Count)
            {
                _machine.Contents.Restore(frames.Start + (page.Index - first), page.Words);
                _swapped.RemoveAt(at);
                AddFlags(new(new(page.Index), 1), StoredPageFlags.Cleared | StoredPageFlags.Dirty);
                Emit(StepKind.PageCleared, page.Index, 1, Outcome.Success);
            }
        }
    }

    private void WriteSwapped(ref StateWriter writer)
    {
        writer.Int32(_swapped.Count);
        foreach (var page in _swapped)
        {
            writer.UInt64(page.Index);
            writer.Int32(page.Words.Length);
            foreach (var word in page.Words)
            {
                writer.Int32(word.Offset);
                writer.UInt64(word.Value);
            }
        }
    }

    private void ReadSwapped(ref StateReader reader)
    {
        for (var left = reader.Count(); left > 0; left--)
        {
            var index = reader.UInt64();
            var words = new SavedWord[reader.Count()];
            for (var at = 0; at < words.Length; at++)
            {
                words[at] = new(reader.Int32(), reader.UInt64());
            }

            _swapped.Add(new(index, words));
        }
    }
}
