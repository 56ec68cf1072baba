namespace GuestMemory.Kvm;

/// <content>Who there is, and what each can do now.</content>
internal sealed partial class ThreadSystem
{
    private const int ThreadsOfGuest = 5;

    /// <inheritdoc/>
    public void FindSteps(List<uint> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        for (var vcpu = 0; vcpu < _vcpus.Length; vcpu++)
        {
            FindVcpuSteps(steps, vcpu);
        }

        for (var number = 0; number < _guests.Length; number++)
        {
            FindWork(steps, number);
            if (_moves)
            {
                FindMoves(steps, number);
            }
            else
            {
                FindFileSteps(steps, number);
            }
        }
    }

    /// <inheritdoc/>
    public int ActorOf(uint step)
    {
        var (operation, subject, _) = SearchStep.Of(step);
        var first = _vcpus.Length + (subject * ThreadsOfGuest);
        return (ThreadOperation)operation switch
        {
            <= ThreadOperation.Fault => subject,
            ThreadOperation.Convert or ThreadOperation.ConvertOn => first,
            ThreadOperation.Punch or ThreadOperation.PunchOn => first + 1,
            ThreadOperation.Delete or ThreadOperation.DeleteOn or ThreadOperation.Create => first + 2,
            ThreadOperation.Release or ThreadOperation.Move or ThreadOperation.Poison => first + 4,
            _ => first + 3,
        };
    }

    /// <inheritdoc/>
    public bool IsMidway(int actor)
    {
        if (actor < _vcpus.Length)
        {
            return _vcpus[actor].IsFaulting;
        }

        var guest = _guests[(actor - _vcpus.Length) / ThreadsOfGuest];
        return ((actor - _vcpus.Length) % ThreadsOfGuest) switch
        {
            0 => guest.Converting > 0,
            1 => guest.Punching > 0,
            2 => guest.Deleting > 0,
            _ => false,
        };
    }

    private string[] NamesOfActors()
    {
        var names = new List<string>();
        for (var vcpu = 0; vcpu < _vcpus.Length; vcpu++)
        {
            names.Add($"vcpu-{vcpu}");
        }

        for (var guest = 0; guest < _guests.Length; guest++)
        {
            names.AddRange([$"converter-{guest}", $"puncher-{guest}", $"slots-{guest}", $"vmm-{guest}", $"kernel-{guest}"]);
        }

        return [.. names];
    }

    private void FindVcpuSteps(List<uint> steps, int number)
    {
        var vcpu = _vcpus[number];
        if (vcpu.IsFaulting)
        {
            // A slot that is out of use cannot be found: the fault only comes back until the deletion is over.
            AddIf(steps, vcpu.Next != FaultStage.Sample || vcpu.Guest.Deleting == 0, ThreadOperation.Fault, number);
            return;
        }

        for (var page = 0; page < _pages; page++)
        {
            if (CanAccess(vcpu, number, page, isWrite: false))
            {
                Add(steps, ThreadOperation.Load, number, page);
            }

            if (CanAccess(vcpu, number, page, isWrite: true))
            {
                Add(steps, ThreadOperation.Store, number, page);
            }
        }
    }

    // While the slot is out of use a fault only comes back; what is translated can be used all the time.
    private static bool CanAccess(ThreadVcpu vcpu, int number, int page, bool isWrite) =>
        vcpu.Guest.Deleting == 0 || vcpu.Guest.Vm.TryTranslate(number, ThreadGuest.Gfn(page), isWrite, out _);

    private void FindWork(List<uint> steps, int number)
    {
        var guest = _guests[number];
        AddIf(steps, guest.Converting > 0, ThreadOperation.ConvertOn, number);
        AddIf(steps, guest.Punching > 0, ThreadOperation.PunchOn, number);
        for (var page = 0; page < _pages; page++)
        {
            if (guest.SlotsAreFree)
            {
                Add(steps, ThreadOperation.Convert, number, page);
            }

            if (guest.PagesAreFree && guest.File.Life == FileLife.Live)
            {
                Add(steps, ThreadOperation.Punch, number, page);
            }
        }
    }

    private void FindFileSteps(List<uint> steps, int number)
    {
        var guest = _guests[number];
        var slot = guest.Slot;
        var life = guest.File.Life;
        AddIf(steps, guest.Deleting > 0 && (guest.Deleting > 1 || guest.PagesAreFree), ThreadOperation.DeleteOn, number);
        AddIf(steps, life == FileLife.Live && guest.PagesAreFree, ThreadOperation.Close, number);
        AddIf(steps, life == FileLife.Dying && guest.SlotsAreFree && guest.PagesAreFree, ThreadOperation.Release, number);
        AddIf(steps, life == FileLife.Gone && slot is null, ThreadOperation.Open, number);
        AddIf(steps, slot is not null && guest.SlotsAreFree && !IsHeld(slot), ThreadOperation.Delete, number);
        AddIf(steps, slot is null && life == FileLife.Live && guest.SlotsAreFree && guest.PagesAreFree, ThreadOperation.Create, number);
    }

    private void FindMoves(List<uint> steps, int number)
    {
        var guest = _guests[number];
        for (var page = 0; page < _pages; page++)
        {
            Add(steps, ThreadOperation.Discard, number, page);
            Add(steps, (guest.Pinned & (1U << page)) == 0 ? ThreadOperation.Pin : ThreadOperation.Unpin, number, page);
            Add(steps, ThreadOperation.Move, number, page);
            if (guest.PagesAreFree)
            {
                Add(steps, ThreadOperation.Poison, number, page);
            }
        }
    }

    private bool IsHeld(Memslot slot)
    {
        foreach (var vcpu in _vcpus)
        {
            if (ReferenceEquals(vcpu.Guest.Slot, slot) && vcpu.Holds(slot.Handle))
            {
                return true;
            }
        }

        return false;
    }

    private static void AddIf(List<uint> steps, bool holds, ThreadOperation operation, int subject)
    {
        if (holds)
        {
            Add(steps, operation, subject, 0);
        }
    }

    private static void Add(List<uint> steps, ThreadOperation operation, int subject, int page) =>
        steps.Add(new SearchStep((byte)operation, (byte)subject, (byte)page).Number);
}
