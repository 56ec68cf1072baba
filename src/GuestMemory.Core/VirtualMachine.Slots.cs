namespace GuestMemory;

/// <content>Slots: added, removed, moved, changed, let go.</content>
public sealed partial class VirtualMachine
{
    /// <summary>Adds a slot and binds its file's pages.</summary>
    /// <param name="layout">What it consists of.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="allowsRebinding">Whether file pages that are bound already may be bound again. Default: no.</param>
    /// <returns>Success; overlap when guest frames or file pages are taken; busy while an invalidation runs.</returns>
    public Outcome AddSlot(in MemslotLayout layout, out Memslot slot, bool allowsRebinding = false)
    {
        slot = null!;
        if (MustWait)
        {
            return CoreRules.InvalidationOpen.Refuse();
        }

        if (Slots.AnyOverlap(layout.Gfns, layout.AddressSpace) && !Machine.IsOff(CoreRules.Overlap))
        {
            return CoreRules.Overlap.Refuse(layout.Gfns.Start.Value);
        }

        if (layout.Flags.HasFlag(MemslotFlags.GuestMemfd))
        {
            var bound = Machine.File(layout.File).Bind(Slots.NextHandle(), layout.FileStart, layout.Gfns, allowsRebinding);
            if (!bound.IsSuccess)
            {
                return bound;
            }
        }

        slot = Slots.Add(layout);
        Emit(StepKind.SlotAdded, layout.Gfns, (ulong)layout.Id, Outcome.Success);
        return Outcome.Success;
    }

    /// <summary>Adds a slot of another make, created for <see cref="SlotTable.NextHandle"/> and bound by its maker.</summary>
    /// <param name="handle">Its place.</param>
    /// <param name="slot">The slot.</param>
    public Outcome AddSlot(SlotHandle handle, IMemslot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (MustWait)
        {
            return CoreRules.InvalidationOpen.Refuse();
        }

        if (Slots.AnyOverlap(slot.Gfns, addressSpace: 0) && !Machine.IsOff(CoreRules.Overlap))
        {
            return CoreRules.Overlap.Refuse(slot.Gfns.Start.Value);
        }

        Slots.Put(handle, slot, addressSpace: 0);
        Emit(StepKind.SlotAdded, slot.Gfns, 0, Outcome.Success);
        return Outcome.Success;
    }

    /// <summary>Removes a slot: its translations go, its file's binding ends, its place is freed. Pages and attributes stay.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="unbindsDyingFile">Whether the binding ends also when the file's last reference is gone (see <see cref="UnbindSlot"/>).</param>
    /// <param name="zapsAll">Whether every translation of the VM goes, not just the slot's.</param>
    public Outcome RemoveSlot(Memslot slot, bool unbindsDyingFile = true, bool zapsAll = false)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (MustWait)
        {
            return CoreRules.InvalidationOpen.Refuse();
        }

        InvalidateSlot(slot, zapsAll);
        UnbindSlot(slot, unbindsDyingFile);
        FreeSlot(slot);
        return Outcome.Success;
    }

    /// <summary>Last step of a removal: the slot's place is freed, after <see cref="InvalidateSlot"/> and <see cref="UnbindSlot"/>.</summary>
    /// <param name="slot">The slot.</param>
    public void FreeSlot(Memslot slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        Slots.Remove(slot.Handle);
        Emit(StepKind.SlotRemoved, slot.Gfns, (ulong)slot.Layout.Id, Outcome.Success);
    }

    /// <summary>Removes a slot of another make: its translations go, its place is freed. Its maker ends its bindings.</summary>
    /// <param name="handle">Its place.</param>
    public Outcome RemoveSlot(SlotHandle handle)
    {
        if (MustWait)
        {
            return CoreRules.InvalidationOpen.Refuse();
        }

        var gfns = Slots[handle].Gfns;
        BeginOwn(gfns);
        Zap(gfns, KindFilter.Both);
        EndOwn();
        Slots.Remove(handle);
        Emit(StepKind.SlotRemoved, gfns, 0, Outcome.Success);
        return Outcome.Success;
    }

    /// <summary>Ends a slot's binding. A file whose last reference is gone cannot be reached by it on a kernel that needs a reference to unbind.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="unbindsDyingFile"><see langword="false"/>: the binding of a dying file stays, as in guest_memfd as first merged.</param>
    public void UnbindSlot(Memslot slot, bool unbindsDyingFile)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (!slot.HasFile || slot.FileDetached)
        {
            return;
        }

        var file = Machine.File(slot.Layout.File);
        if (IsDead)
        {
            file.Store.LoseToDeadGuests();
        }

        if (file.Life == FileLife.Live || (unbindsDyingFile && !Machine.IsOff(CoreRules.UnbindDyingFile)))
        {
            file.Unbind(slot.Layout.FileStart, slot.Gfns.Count);
        }
    }

    /// <summary>Moves a slot to other guest frames.</summary>
    /// <param name="slot">The slot; it has no file.</param>
    /// <param name="gfns">The new frames, as many.</param>
    /// <param name="zapsAll">Whether every translation of the VM goes, not just the slot's.</param>
    public Outcome MoveSlot(Memslot slot, GfnRange gfns, bool zapsAll = false)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (MustWait)
        {
            return CoreRules.InvalidationOpen.Refuse();
        }

        if (Slots.AnyOverlap(gfns, slot.Layout.AddressSpace, slot) && !Machine.IsOff(CoreRules.Overlap))
        {
            return CoreRules.Overlap.Refuse(gfns.Start.Value);
        }

        var old = slot.Gfns.Start.Value;
        InvalidateSlot(slot, zapsAll);
        Slots.Move(slot, gfns);
        Emit(StepKind.SlotMoved, gfns, old, Outcome.Success);
        return Outcome.Success;
    }

    /// <summary>Changes a slot's flags. Switching the log on makes the next write to each page fault.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="flags">The new flags.</param>
    public void ChangeSlotFlags(Memslot slot, MemslotFlags flags)
    {
        ArgumentNullException.ThrowIfNull(slot);
        slot.ChangeFlags(flags);
        if (slot.LogsDirtyPages)
        {
            WriteProtect(slot.Gfns);
        }
    }

    private bool MustWait => Sequence.InProgress > 0 && !Machine.IsOff(CoreRules.InvalidationOpen);

    /// <summary>Makes every translation of a slot go; the slot stays.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="zapsAll">Whether every translation of the VM goes, not just the slot's.</param>
    public void InvalidateSlot(Memslot slot, bool zapsAll)
    {
        ArgumentNullException.ThrowIfNull(slot);

        // Only address space 0 is ever translated: vCPUs of this model do not enter system management mode.
        if (slot.Layout.AddressSpace != 0 && !zapsAll)
        {
            return;
        }

        var gfns = zapsAll ? AllGfns : slot.Gfns;
        BeginOwn(gfns);
        Zap(gfns, KindFilter.Both);
        EndOwn();
    }
}
