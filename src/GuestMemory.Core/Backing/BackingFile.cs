namespace GuestMemory;

/// <summary>One VM's view of a store: the file of a guest_memfd. It holds the bindings to that VM's slots.</summary>
/// <remarks>
/// The file keeps its VM alive, not the other way round; a slot does not keep its file alive. At most one binding per page
/// (I6). Source: guest-memfd, binding and release. Not thread-safe.
/// </remarks>
public sealed class BackingFile : IPageSource, IBackingListener, IStateful
{
    private readonly Machine _machine;
    private readonly RangeMap<SlotBinding> _bindings = new();
    private readonly List<PageIndexRange> _begun = [];

    internal BackingFile(Machine machine, int id)
    {
        _machine = machine;
        Id = id;
    }

    /// <summary>Its number on the machine.</summary>
    public int Id { get; }

    /// <summary>Where it stands.</summary>
    public FileLife Life { get; private set; }

    /// <summary>The VM whose view it is.</summary>
    public GuestId Guest { get; private set; }

    /// <summary>The store's number.</summary>
    public int StoreId { get; private set; }

    /// <summary>The store.</summary>
    public BackingStore Store => _machine.Store(StoreId);

    /// <summary>The bindings, in order of page.</summary>
    public ReadOnlySpan<RangeEntry<SlotBinding>> Bindings => _bindings.Runs;

    /// <summary>Binds pages to a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="start">First page.</param>
    /// <param name="gfns">The slot's guest frames.</param>
    /// <param name="allowsRebinding">Whether pages that are bound already may be bound again. Default: no.</param>
    /// <returns>Success; overlap when a page is bound already; busy while an invalidation over a page is open.</returns>
    public Outcome Bind(SlotHandle slot, PageIndex start, GfnRange gfns, bool allowsRebinding = false)
    {
        var pages = new PageIndexRange(start, gfns.Count);
        if (_bindings.ContainsAny(pages.Start.Value, pages.End.Value) && !allowsRebinding && !_machine.IsOff(CoreRules.Overlap))
        {
            return CoreRules.Overlap.Refuse(start.Value);
        }

        if (Store.IsOpenOver(pages) && !_machine.IsOff(CoreRules.InvalidationOpen))
        {
            return CoreRules.InvalidationOpen.Refuse(start.Value);
        }

        _bindings.Set(pages.Start.Value, pages.End.Value, new(slot, gfns.Start));
        return Outcome.Success;
    }

    /// <summary>Ends a slot's binding.</summary>
    /// <param name="start">Its first page.</param>
    /// <param name="count">Its pages.</param>
    /// <returns>Success; busy while an invalidation over a page is open.</returns>
    public Outcome Unbind(PageIndex start, ulong count)
    {
        var pages = new PageIndexRange(start, count);
        if (Store.IsOpenOver(pages) && !_machine.IsOff(CoreRules.InvalidationOpen))
        {
            return CoreRules.InvalidationOpen.Refuse(start.Value);
        }

        _bindings.Remove(pages.Start.Value, pages.End.Value);
        return Outcome.Success;
    }

    /// <inheritdoc/>
    public Outcome GetPage(in PageRequest request, out BackingPage page)
    {
        page = default;
        if (Life != FileLife.Live && !_machine.IsOff(CoreRules.FileGone))
        {
            return CoreRules.FileGone.Refuse((ulong)Id);
        }

        var isBound = _bindings.TryGet(request.Index.Value, out var binding) && binding.Slot == request.Slot;
        if (!isBound && !_machine.IsOff(CoreRules.BindingMismatch))
        {
            return CoreRules.BindingMismatch.Refuse(request.Index.Value);
        }

        var outcome = Store.GetPage(request.Index, out page);
        if (outcome.IsSuccess && !page.Cleared)
        {
            Store.ClearForUse(request.Index);
            page = page with { Cleared = true, Order = Store.OrderOf(request.Index) };
        }

        return outcome;
    }

    /// <inheritdoc/>
    public MmuAnswer BeginInvalidate(IBackingStore store, PageIndexRange pages, KindFilter kinds)
    {
        if (!TryAround(pages, out var around))
        {
            return MmuAnswer.Done;
        }

        var vm = _machine.VirtualMachine(Guest);
        _begun.InsertSorted(pages);
        vm.Sequence.Begin(around);
        var answer = MmuAnswer.Done;
        foreach (var binding in _bindings.Overlapping(pages.Start.Value, pages.End.Value))
        {
            var zapped = vm.Zap(new(binding.Value.Gfn, binding.End - binding.Start), kinds);
            answer = answer.Verdict == MmuVerdict.Failed || zapped.IsDone ? answer : zapped;
        }

        return answer;
    }

    /// <summary>Invalidations of the store that concerned bound pages, begun on the VM and not ended.</summary>
    public int OpenInvalidations => _begun.Count;

    /// <inheritdoc/>
    public void EndInvalidate(IBackingStore store, PageIndexRange pages)
    {
        if (_begun.Remove(pages))
        {
            var vm = _machine.VirtualMachine(Guest);
            vm.Sequence.End();
            TryAround(pages, out var around);
            vm.Emit(StepKind.InvalidationEnded, around, 0, Outcome.Success);
        }
    }

    /// <summary>The last reference is dropped; nobody can take one any more. The release runs later.</summary>
    public void DropLastReference() => Life = FileLife.Dying;

    /// <summary>Releases the file: every bound slot loses its file, its translations go, the VM's hold is dropped. Pages stay with the store.</summary>
    /// <exception cref="ModelInvariantException">A binding names a slot that is freed (lifetime).</exception>
    public void Release()
    {
        var vm = _machine.VirtualMachine(Guest);
        if (TryAround(new(default, Store.PageCount), out var around))
        {
            vm.BeginOwn(around);
            ReleaseSlots(vm);
            vm.EndOwn();
        }

        // What the store began on this view ends with it: the store cannot reach it any more.
        for (var left = _begun.Count; left > 0; left--)
        {
            vm.Sequence.End();
        }

        _begun.Clear();
        Store.Detach(this);
        _bindings.Clear();
        Life = FileLife.Gone;
        vm.Emit(StepKind.FileReleased, default, (ulong)Id, Outcome.Success);
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Byte((byte)Life);
        if (Life == FileLife.Gone)
        {
            return;
        }

        writer.Int32(Guest.Value);
        writer.Int32(StoreId);
        writer.Runs(_bindings, static (ref writer, in value) =>
        {
            writer.Int32(value.Slot.Number);
            writer.UInt64(value.Gfn.Value);
        });
        writer.Int32(_begun.Count);
        foreach (var pages in _begun)
        {
            writer.UInt64(pages.Start.Value);
            writer.UInt64(pages.End.Value);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _bindings.Clear();
        _begun.Clear();
        Life = (FileLife)reader.Byte();
        if (Life == FileLife.Gone)
        {
            return;
        }

        Guest = new(checked((ushort)reader.Int32()));
        StoreId = reader.Int32();
        reader.Runs(_bindings, static (ref reader) => new(new(reader.Int32()), new(reader.UInt64())));
        for (var left = reader.Count(); left > 0; left--)
        {
            var start = reader.UInt64();
            _begun.Add(PageIndexRange.FromBounds(new(start), new(reader.UInt64())));
        }

        Store.Attach(this);
    }

    internal void Open(GuestId guest, int store)
    {
        Guest = guest;
        StoreId = store;
        Life = FileLife.Live;
        _bindings.Clear();
        Store.Attach(this);
    }

    private void ReleaseSlots(VirtualMachine vm)
    {
        foreach (var binding in _bindings.Runs)
        {
            vm.Zap(new(binding.Value.Gfn, binding.Length), KindFilter.Both);
            if (vm.IsDead)
            {
                Store.LoseToDeadGuests();
            }

            vm.Slots[binding.Value.Slot].DetachFile(Id);
        }
    }

    private bool TryAround(PageIndexRange pages, out GfnRange around)
    {
        var first = ulong.MaxValue;
        var end = 0UL;
        foreach (var binding in _bindings.Overlapping(pages.Start.Value, pages.End.Value))
        {
            first = Math.Min(first, binding.Value.Gfn.Value);
            end = Math.Max(end, binding.Value.Gfn.Value + (binding.End - binding.Start));
        }

        around = first < end ? GfnRange.FromBounds(new(first), new(end)) : default;
        return first < end;
    }
}
