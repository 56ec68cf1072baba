namespace GuestMemory.Kvm;

/// <content>The critical sections.</content>
internal sealed partial class ThreadSystem
{
    private StepAnswer Access(int number, int page, bool isWrite)
    {
        var vcpu = _vcpus[number];
        var (guest, gfn) = (vcpu.Guest, ThreadGuest.Gfn(page));
        if (!guest.Vm.TryTranslate(number, gfn, isWrite, out var translation))
        {
            vcpu.Begin(gfn, isWrite);
            return StepAnswer.Done();
        }

        var isPrivate = translation.Kind == PageKind.Private;
        var at = new Gpa(gfn.Value << 12);
        Outcome outcome;
        if (isWrite)
        {
            outcome = guest.Vm.Write(number, at, 8, translation, isPrivate ? guest.PrivateToken : guest.SharedToken);
            guest.Written |= outcome.IsSuccess && isPrivate ? 1U << page : 0;
        }
        else
        {
            outcome = guest.Vm.Read(number, at, 8, translation, out var value);
            Judge(guest, page, isPrivate, outcome.IsSuccess ? value : null);
        }

        return outcome.IsSuccess ? StepAnswer.Done() : StepAnswer.Refused(outcome, ulong.MaxValue);
    }

    private static void Judge(ThreadGuest guest, int page, bool isPrivate, ulong? value)
    {
        if (value is not { } read)
        {
            return;
        }

        if (isPrivate)
        {
            var expected = (guest.Written & (1U << page)) != 0 ? guest.PrivateToken : 0;
            guest.Breach |= read == expected ? CallBreach.None : CallBreach.PrivateRead;
        }
        else if (read != 0 && read != guest.SharedToken)
        {
            guest.Breach |= read is >= 0x10 and < 0x20 ? CallBreach.PrivateLeak : CallBreach.SharedRead;
        }
    }

    private static StepAnswer Work(ThreadOperation operation, ThreadGuest guest, int page)
    {
        switch (operation)
        {
            case ThreadOperation.Convert:
                (guest.Converting, guest.ConvertedPage) = (1, page);
                guest.Vm.OpenConversion(new(ThreadGuest.Gfn(page), 1));
                return StepAnswer.Done();
            case ThreadOperation.ConvertOn:
                return ConvertOn(guest);
            case ThreadOperation.Punch:
                (guest.Punching, guest.PunchedPage) = (1, page);
                guest.File.Store.BeginInvalidate(new(new((ulong)page), 1), KindFilter.Both);
                return StepAnswer.Done();
            default:
                return PunchOn(guest);
        }
    }

    private static StepAnswer ConvertOn(ThreadGuest guest)
    {
        var gfns = new GfnRange(ThreadGuest.Gfn(guest.ConvertedPage), 1);
        var outcome = Outcome.Success;
        switch (guest.Converting++)
        {
            case 1:
                guest.Vm.Mmu.Unmap(gfns, KindFilter.Both);
                break;
            case 2:
                guest.Vm.Mmu.Flush(gfns);
                break;
            case 3:
                var isPrivate = guest.Vm.Attributes.KindOf(gfns.Start) == PageKind.Private;
                outcome = guest.Vm.StoreAttributes(gfns, isPrivate ? MemoryAttributes.None : MemoryAttributes.Private);
                break;
            default:
                guest.Vm.EndConversion(gfns);
                (guest.Converting, guest.ConvertedPage) = (0, 0);
                break;
        }

        return Answer(outcome);
    }

    private static StepAnswer PunchOn(ThreadGuest guest)
    {
        var scope = new InvalidationScope(new(new((ulong)guest.PunchedPage), 1), Failed: false);
        if (guest.Punching++ == 1)
        {
            var freed = guest.File.Store.Free(scope);
            guest.Written &= freed.IsSuccess ? ~(1U << guest.PunchedPage) : ~0U;
            return Answer(freed);
        }

        guest.File.Store.EndInvalidate(scope);
        (guest.Punching, guest.PunchedPage) = (0, 0);
        return StepAnswer.Done();
    }

    private StepAnswer ChangeFiles(ThreadOperation operation, ThreadGuest guest)
    {
        switch (operation)
        {
            case ThreadOperation.Close:
                guest.File.DropLastReference();
                return StepAnswer.Done();
            case ThreadOperation.Release:
                Release(guest);
                return StepAnswer.Done();
            case ThreadOperation.Open:
                OpenFile(guest);
                return StepAnswer.Done();
            case ThreadOperation.Create:
                return Answer(CreateSlot(guest));
            default:
                Delete(guest, guest.Slot!);
                return StepAnswer.Done();
        }
    }

    private void Delete(ThreadGuest guest, Memslot slot)
    {
        switch (guest.Deleting++)
        {
            case 0:
                guest.Vm.InvalidateSlot(slot, zapsAll: false);
                break;
            case 1:
                guest.Vm.UnbindSlot(slot, _unbindsDyingFile);
                break;
            default:
                guest.Deleting = 0;
                guest.Vm.FreeSlot(slot);
                break;
        }
    }

    private void Release(ThreadGuest guest)
    {
        var store = guest.File.Store;
        guest.File.Release();
        _machine.DestroyStore(store);
        guest.Written = 0;
    }

    private void OpenFile(ThreadGuest guest)
    {
        var store = _machine.CreateStore(BackingProperties.GuestMemfd, (ulong)_pages << 12, PageKind.Private);
        guest.FileId = _machine.OpenFile(guest.Vm.Id, store).Id;
    }

    private Outcome CreateSlot(ThreadGuest guest) => guest.Vm.AddSlot(
        new(0, 0, new(ThreadGuest.Gfn(0), (ulong)_pages), MemslotFlags.GuestMemfd, _process.Id.Number, guest.SharedPage, guest.FileId, default, FileServesShared: false), out _);

    private StepAnswer MovePages(ThreadOperation operation, ThreadGuest guest, int page)
    {
        var at = new PageIndex(guest.SharedPage + (ulong)page);
        switch (operation)
        {
            case ThreadOperation.Discard:
                // The page goes; a device that holds it keeps the old frame, which is the process's own doing.
                Unpin(guest, page);
                _process.Discard(new(at, 1));
                return StepAnswer.Done();
            case ThreadOperation.Pin:
                return Pin(guest, page, at);
            case ThreadOperation.Unpin:
                Unpin(guest, page);
                return StepAnswer.Done();
            case ThreadOperation.Move:
                return Answer(guest.Shared.Move(new((ulong)page)));
            default:
                return Poison(guest, page);
        }
    }

    private static StepAnswer Poison(ThreadGuest guest, int page) => Answer(guest.File.Store.Poison(new((ulong)page)));

    private StepAnswer Pin(ThreadGuest guest, int page, PageIndex at)
    {
        var fault = _process.Touch(at, AccessKind.Write, out var frame);
        if (fault != HostFault.None)
        {
            return StepAnswer.Refused(new(Lane.Fault, (ulong)fault, 0, null), ulong.MaxValue);
        }

        var pinned = _machine.Frames.Pin(new(frame, 1), PinOwner.Vfio);
        guest.Pinned |= pinned.IsSuccess ? 1U << page : 0;
        return Answer(pinned);
    }

    private void Unpin(ThreadGuest guest, int page)
    {
        if ((guest.Pinned & (1U << page)) != 0 && guest.Shared.TryLookUp(new((ulong)page), out var stored))
        {
            guest.Pinned &= ~(1U << page);
            _machine.Frames.Unpin(new(stored.Frame, 1), PinOwner.Vfio);
        }
    }

    private bool ArePinsHeld()
    {
        foreach (var guest in _guests)
        {
            for (var page = 0; page < _pages; page++)
            {
                if ((guest.Pinned & (1U << page)) != 0
                    && (!guest.Shared.TryLookUp(new((ulong)page), out var stored) || !_machine.Frames.Pins.AnyPinned(new(stored.Frame, 1))))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static StepAnswer Answer(in Outcome outcome) => outcome.IsSuccess ? StepAnswer.Done() : StepAnswer.Refused(outcome, ulong.MaxValue);
}
