namespace GuestMemory;

/// <summary>Checks every invariant after every step, and throws when one is broken. Steps are checked on what they touched, or by sweeping the machine.</summary>
/// <remarks>
/// Of the steps' own invariants: I2, nothing of a range is mapped when its attributes change; I3, nothing maps a frame that is
/// freed; I7, no step but an access, a clearing, a filling, a move, a free or the end of a call
/// changes a byte (I2 on nested page tables). One checker watches one machine.
/// </remarks>
public sealed class InvariantChecker : IStepObserver
{
    private readonly CheckScope _scope;
    private readonly IStepObserver? _next;
    private readonly List<GfnRange> _shared = [];
    private InvariantScan? _scan;
    private long _revision;

    /// <summary>Creates a checker.</summary>
    /// <param name="scope">How much to look at.</param>
    /// <param name="next">Who hears of the step after the check; <see langword="null"/> for nobody.</param>
    public InvariantChecker(CheckScope scope = CheckScope.Touched, IStepObserver? next = null)
    {
        _scope = scope;
        _next = next;
    }

    /// <inheritdoc/>
    /// <exception cref="ModelInvariantException">An invariant is broken.</exception>
    public void OnStep(Machine machine, in StepEvent step)
    {
        ArgumentNullException.ThrowIfNull(machine);
        CheckStep(machine, step);
        if (_scope == CheckScope.Everything)
        {
            Sweep(machine);
        }
        else
        {
            CheckTouched(machine, step);
        }

        _next?.OnStep(machine, step);
    }

    /// <summary>Checks every invariant over the whole machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <exception cref="ModelInvariantException">One is broken.</exception>
    public static void Sweep(Machine machine)
    {
        foreach (var invariant in MachineInvariants.All)
        {
            if (invariant.FindBreach(machine) is { } breach)
            {
                throw new ModelInvariantException(invariant.Name, breach);
            }
        }
    }

    private static void Throw(string name, InvariantScan scan)
    {
        if (scan.Breach is not null)
        {
            throw new ModelInvariantException(name, scan.Breach);
        }
    }

    // One scan serves until it finds something; then the machine is done with.
    private InvariantScan ScanOf(Machine machine) =>
        _scan is { Breach: null } scan && ReferenceEquals(scan.Machine, machine) ? scan : _scan = new(machine);

    private static bool MayChangeBytes(StepKind kind) => kind is StepKind.GuestAccess or StepKind.HostAccess
        or StepKind.PageCleared or StepKind.PageMoved or StepKind.PagePopulated or StepKind.PagesFreed or StepKind.CallReturned
        or StepKind.OwnershipStep;

    private void CheckStep(Machine machine, in StepEvent step)
    {
        var revision = machine.Contents.Revision;
        if (revision != _revision && !MayChangeBytes(step.Kind))
        {
            throw new ModelInvariantException("I7", $"{step.Kind} changed bytes");
        }

        _revision = revision;
        if (step.Kind == StepKind.AttributesStored)
        {
            RequireUnmapped(machine, step);
        }
        else if (step.Kind == StepKind.FramesReturned)
        {
            var frames = new PfnRange(new(step.Start), step.Count);
            if (machine.Mappings.AnyMapped(frames, KindFilter.Both) && machine.StillMappedBeyondPins(frames, out var refusal))
            {
                throw new ModelInvariantException("I3", $"{frames} is freed while mapped: {refusal}");
            }
        }
    }

    private static void RequireUnmapped(Machine machine, in StepEvent step)
    {
        var vm = machine.VirtualMachine(step.Guest);
        var range = new GfnRange(new(step.Start), step.Count);
        if (vm.StillMaps(range))
        {
            throw new ModelInvariantException("I2", $"a frame of {range} of {vm.Id} is mapped while its attributes change");
        }
    }

    // One predicate per kind of thing a step can touch; the sweep is the same predicates over everything.
    private void CheckTouched(Machine machine, in StepEvent step)
    {
        switch (step.Kind)
        {
            case StepKind.FaultMapped or StepKind.GuestAccess:
                CheckTranslation(machine, step);
                break;
            case StepKind.HostMapped:
                CheckHostPage(machine, step);
                break;
            case StepKind.InvalidationEnded or StepKind.SlotAdded or StepKind.SlotRemoved or StepKind.SlotMoved or StepKind.FileReleased:
                CheckRange(machine, step);
                CheckVm(machine, machine.VirtualMachine(step.Guest));
                break;
            case StepKind.HostUnmapped:
                CheckSharers(machine, machine.Process((int)step.Detail), new(new(step.Start), step.Count));
                break;
            case StepKind.InvalidationBegan:
                var balance = ScanOf(machine);
                MachineInvariants.CheckBalance(balance, machine.VirtualMachine(step.Guest));
                Throw("I4", balance);
                break;
            default:
                break;
        }
    }

    private void CheckTranslation(Machine machine, in StepEvent step)
    {
        var vm = machine.VirtualMachine(step.Guest);
        var gfn = new Gfn(step.Start);
        CheckCached(machine, vm, gfn);
        if (!vm.TryTranslate(0, gfn, isWrite: false, out var translation))
        {
            return;
        }

        var scan = ScanOf(machine);
        MachineInvariants.CheckFrame(scan, translation.Frame);
        Throw("I1-frame", scan);
        MachineInvariants.CheckAddress(scan, vm, gfn, translation);
        Throw("I1-address", scan);
        if (translation.Kind == PageKind.Private)
        {
            MachineInvariants.CheckOwner(scan, translation.Frame, vm.Id, gfn);
            Throw("I5", scan);
        }

        MachineInvariants.CheckCleared(scan, vm, gfn, translation);
        Throw("I8", scan);
    }

    // What any vCPU holds cached of the frame.
    private void CheckCached(Machine machine, VirtualMachine vm, Gfn gfn)
    {
        foreach (var cached in vm.Cache.EntrySpan)
        {
            if (cached.Gfn == gfn)
            {
                var scan = ScanOf(machine);
                MachineInvariants.CheckAddress(scan, vm, gfn, cached.Translation);
                Throw("I1-address", scan);
            }
        }
    }

    // A translation through a process's pages is touched when they are.
    private void CheckSharers(Machine machine, HostAddressSpace process, PageIndexRange pages)
    {
        var scan = ScanOf(machine);
        foreach (var vm in machine.VirtualMachineSpan)
        {
            foreach (var place in vm.IsLive ? vm.Slots.PlaceSpan : [])
            {
                if (place is { IsLive: true, AddressSpace: 0 })
                {
                    _shared.Clear();
                    place.Slot.FindShared(process, pages, _shared);
                    foreach (var gfns in _shared)
                    {
                        MachineInvariants.CheckAddresses(scan, vm, gfns);
                    }
                }
            }
        }

        Throw("I1-address", scan);
    }

    private void CheckHostPage(Machine machine, in StepEvent step)
    {
        CheckSharers(machine, machine.Process((int)step.Count), new(new(step.Start), 1));
        var scan = ScanOf(machine);
        MachineInvariants.CheckFrame(scan, new(step.Detail));
        Throw("I1-frame", scan);
        var process = machine.Process((int)step.Count);
        if (process.TryGetWholeEntry(new(step.Start), out var entry))
        {
            MachineInvariants.CheckHostEntry(scan, process, new(step.Start), entry);
            Throw("I8", scan);
        }
    }

    private void CheckRange(Machine machine, in StepEvent step)
    {
        var scan = ScanOf(machine);
        var vm = machine.VirtualMachine(step.Guest);
        MachineInvariants.CheckAddresses(scan, vm, new(new(step.Start), step.Count));
        if (step.Kind == StepKind.SlotMoved)
        {
            MachineInvariants.CheckAddresses(scan, vm, new(new(step.Detail), step.Count));
        }

        Throw("I1-address", scan);
    }

    private void CheckVm(Machine machine, VirtualMachine vm)
    {
        var scan = ScanOf(machine);
        MachineInvariants.CheckBalance(scan, vm);
        Throw("I4", scan);
        foreach (var file in machine.FileSpan)
        {
            if (file.Life == FileLife.Gone || file.Guest != vm.Id)
            {
                continue;
            }

            MachineInvariants.CheckLifetime(scan, file);
            Throw("lifetime", scan);
            foreach (var run in file.Bindings)
            {
                MachineInvariants.CheckBinding(scan, file, run);
                Throw("I6", scan);
            }
        }
    }
}
