namespace GuestMemory.Tdx.Tests.Sequences;

/// <content>What guests do, and what goes on around the module.</content>
internal sealed partial class TdxSequence
{
    private readonly List<(HeldLock Lock, bool IsExclusive)> _held = [];
    private readonly List<(Pfn Tdr, PageInfo Place)> _heldEntries = [];

    private void EnterOrLeave()
    {
        if (AnyVcpu() is not { } vcpu)
        {
            return;
        }

        if (vcpu.IsInside)
        {
            Exit(vcpu);
        }
        else
        {
            Host(TdxFunction.VpEnter, new(vcpu.Tdvpr.Address.Value), processor: Processor(vcpu));
        }
    }

    private void Exit(TdVcpu vcpu)
    {
        if (vcpu.IsInside)
        {
            Module.Exit(vcpu.Tdvpr);
            Log.Add($"{vcpu} leaves", null, "Exit");
        }
    }

    private void GuestCall()
    {
        if (Running() is not { } vcpu)
        {
            return;
        }

        var function = _choices.Of(TdxFunction.GuestPageAccept, TdxFunction.GuestPageAccept, TdxFunction.GuestPageAccept, TdxFunction.GuestPageAttrRd, TdxFunction.GuestPageAttrWr);
        var pending = Row(vcpu.Td, row => row.Entry.State.IsPending());
        var place = pending is { } row && !_choices.OnceIn(3) ? new PageInfo(row.Gfn.Address, row.Level) : Place(vcpu.Td);
        var odd = function == TdxFunction.GuestPageAttrWr && _choices.OnceIn(3) ? 1UL << _choices.Below(64) : 0;
        place = _choices.OnceIn(8) ? new(new Gpa(place.Gpa.Value | (1UL << (vcpu.Td.IsWide ? 51 : 47))), place.Level) : place;
        var registers = new TdxRegisters(place.Raw, _choices.OnceIn(2) ? odd : 0, _choices.OnceIn(3) ? odd : 0);
        Guest($"{function} {vcpu.Tdvpr} {registers}", module => module.Tdcall(function, vcpu.Tdvpr, registers));
    }

    private void GuestAccess()
    {
        if (Running() is not { } vcpu)
        {
            return;
        }

        var seen = Row(vcpu.Td, row => row.Entry.IsLeaf);
        var gpa = seen is { } row && !_choices.OnceIn(4) ? row.Gfn.Address : new Gpa(Place(vcpu.Td).Gpa.Value | (_choices.OnceIn(3) ? 1UL << (vcpu.Td.IsWide ? 51 : 47) : 0));
        if (_choices.OnceIn(2))
        {
            Guest($"Read {vcpu.Tdvpr} {gpa}", module => module.GuestRead(vcpu.Tdvpr, gpa, 8));
        }
        else
        {
            var value = _choices.Next();
            Guest($"Write {vcpu.Tdvpr} {gpa} {value:x}", module => module.GuestWrite(vcpu.Tdvpr, gpa, 8, value));
        }
    }

    private TdVcpu? Running() => _choices.OnceIn(10) ? AnyVcpu() : AnyVcpu(isInside: true);

    private void HostAccess()
    {
        var at = new Spa(_choices.OnceIn(3) ? 0x30_0000 : AnyPage());
        var result = _choices.Below(_choices.OnceIn(6) ? 4 : 3) switch
        {
            0 => Module.HostRead(at, 8),
            1 => Module.HostClear(at.Frame),
            2 => Module.Pamt.LookUp(at.Frame, out _).IsUsed ? Module.HostRead(at, 8) : Module.HostFill(at.Frame, _choices.Next()),
            _ => Module.HostWrite(at, 8, _choices.Next()),
        };
        Log.Add($"host at {at}: {result}", null, "HostAccess");
    }

    private void Interrupt()
    {
        if (_choices.OnceIn(3))
        {
            Module.Interrupts.Disarm();
        }
        else
        {
            Module.Interrupts.Arm((ulong)_choices.Of(0, 0, 0, 1, 2, 5, 300));
        }

        Log.Add("interrupts", null, null);
    }

    private void HoldLock()
    {
        var tdr = AnyTd()?.Tdr ?? new Pfn(0x40000);
        var size = (PageSize)_choices.Below(3);
        var frame = new Spa(_choices.OnceIn(2) ? AnyPage() : tdr.Address.Value).Frame;
        var wanted = _choices.Below(8) switch
        {
            0 => HeldLock.SeptTree(tdr),
            1 => HeldLock.OpState(tdr),
            2 => HeldLock.Epoch(tdr),
            3 => HeldLock.Keys,
            4 => HeldLock.CacheWriteBack(0),
            _ => HeldLock.Pamt(size, frame),
        };
        Hold(wanted, _choices.OnceIn(2));
    }

    private void Hold(HeldLock wanted, bool isExclusive)
    {
        if (!Module.Locks.IsBusy(wanted, isExclusive))
        {
            Module.Locks.Take(wanted, isExclusive);
            _held.Add((wanted, isExclusive));
            Log.Add($"{wanted} held, {isExclusive}", null, null);
        }
    }

    // Another processor is at work on an entry.
    private void HoldEntry()
    {
        if (AnyLiveTd() is { } td)
        {
            var row = Row(td);
            var place = row is { } used && !_choices.OnceIn(3) ? new PageInfo(used.Gfn.Address, used.Level) : Hole(td, SeptLevel.Pt);
            SetEntryLock(td.Tdr, place, isLocked: true);
            _heldEntries.Add((td.Tdr, place));
        }
    }

    private void ReleaseSome()
    {
        if (_held.Count > 0 && _choices.OnceIn(4))
        {
            Module.Locks.Release(_held[0].Lock);
            _held.RemoveAt(0);
        }

        if (_heldEntries.Count > 0 && _choices.OnceIn(4))
        {
            SetEntryLock(_heldEntries[0].Tdr, _heldEntries[0].Place, isLocked: false);
            _heldEntries.RemoveAt(0);
        }
    }

    private void SetEntryLock(Pfn tdr, PageInfo place, bool isLocked)
    {
        if (Module.FindTd(tdr)?.Sept is { } tree)
        {
            var at = tree.Walk(place.Gpa.Frame, place.Level);
            at.Page[at.Index] = at.Entry.WithLock(isLocked && at.Level == place.Level);
            Checker.Restart(Module);
            Log.Add($"{place} locked: {isLocked}", null, null);
        }
    }
}
