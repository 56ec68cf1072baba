namespace GuestMemory.Tdx.Tests.Sequences;

/// <content>Calls that meet what somebody else holds, and memory that breaks.</content>
internal sealed partial class TdxSequence
{
    // Every function on one TD, while one of its locks is held.
    private void Sweep()
    {
        if (AnyTd() is { } td)
        {
            Sweep(td);
        }
    }

    private void Sweep(Td td)
    {
        var wanted = _choices.Of(HeldLock.SeptTree(td.Tdr), HeldLock.OpState(td.Tdr), HeldLock.Epoch(td.Tdr), HeldLock.Pamt(PageSize.Size4K, td.Tdr), HeldLock.Keys);
        var isHeld = !td.IsFatal && !Module.Locks.IsBusy(wanted, exclusive: true);
        if (isHeld)
        {
            Module.Locks.Take(wanted, exclusive: true);
        }

        _wanted = td.Tdr;
        foreach (var function in HostFunctionTable.All.Where(function => isHeld || td.IsFatal || function.Function is not (TdxFunction.MngVpFlushDone or TdxFunction.MngKeyFreeid)))
        {
            Host(function.Function, CalmOperandsOf(function.Function));
        }

        _wanted = null;
        if (isHeld)
        {
            Module.Locks.Release(wanted);
        }
    }

    // Before the last call of a procedure another processor takes one of its locks.
    private void Interfere(Td td, PageInfo place, ulong page)
    {
        var at = td.Sept!.Walk(place.Gpa.Frame, place.Level);
        if (!_choices.OnceIn(3) || at.Level != place.Level)
        {
            return;
        }

        var entry = at.Entry;
        var behind = entry.IsLeaf ? entry.Page(place.Level) : entry.Table;
        if (_choices.OnceIn(4) && entry.State.IsTable())
        {
            var child = new PageInfo(place.Gpa + ((ulong)_choices.Below(3) << 12), place.Level - 1);
            SetEntryLock(td.Tdr, child, isLocked: true);
            _heldEntries.Add((td.Tdr, child));
            return;
        }

        Hold(_choices.Of(
            HeldLock.SeptTree(td.Tdr), HeldLock.OpState(td.Tdr), HeldLock.Pamt(PageSize.Size4K, new Spa(page).Frame), HeldLock.Pamt(PageSize.Size4K, behind),
            HeldLock.Pamt(PageSize.Size2M, behind)), isExclusive: true);
    }

    // Host and guest want an entry another processor is at work on; then the guest alone.
    private void MeetLock()
    {
        if (AnyVcpu(isInside: true) is not { } vcpu || Row(vcpu.Td, row => row.Entry.IsLeaf && !row.Entry.IsLocked) is not { } row)
        {
            return;
        }

        var (place, tdr) = (new PageInfo(row.Gfn.Address, row.Level), vcpu.Td.Tdr.Address.Value);
        SetEntryLock(vcpu.Td.Tdr, place, isLocked: true);
        GuestCallAt(vcpu, place);
        foreach (var function in s_memory.Concat([TdxFunction.ExportUnblockw]).Where(_ => _choices.OnceIn(3)))
        {
            Host(function, new(place.Raw, tdr, FreePage(), 0x30_0000));
        }

        SetEntryLock(vcpu.Td.Tdr, place, isLocked: false);
        GuestCallAt(vcpu, place);
    }

    private void GuestCallAt(TdVcpu vcpu, PageInfo place)
    {
        var function = _choices.Of(TdxFunction.GuestPageAccept, TdxFunction.GuestPageAttrRd, TdxFunction.GuestPageAttrWr);
        Guest($"{function} {vcpu.Tdvpr} {place}", module => module.Tdcall(function, vcpu.Tdvpr, new(place.Raw)));
    }

    // The host writes a page of the guest's, and the guest reads it.
    private void BreakMemory()
    {
        if (AnyVcpu(isInside: true) is not { } vcpu || Row(vcpu.Td, row => row.Entry.IsLeaf && row.Entry.Rights != 0) is not { } row || Module.Memory.Integrity == MemoryIntegrity.None)
        {
            return;
        }

        var at = row.Entry.Page(row.Level).Address;
        Module.HostWrite(at, 8, _choices.Next());
        Log.Add($"host writes at {at}", null, "HostAccess");
        Guest($"Read {vcpu.Tdvpr} {row.Gfn}", module => module.GuestRead(vcpu.Tdvpr, row.Gfn.Address, 8));
        if (vcpu.Td.IsFatal)
        {
            Sweep(vcpu.Td);
        }
    }
}
