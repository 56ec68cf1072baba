namespace GuestMemory;

/// <summary>The invariants of a machine's state. Each is one predicate over one frame, guest frame, file or VM, and a sweep of it over all.</summary>
/// <remarks>
/// I2, I3 and I7 speak of steps (<see cref="InvariantChecker"/>); I9, that the direct map shows in no outcome, is a property
/// tested over whole runs; I10 is a hardware table's own. Source of the numbering: guest-memfd-rfc, the one rule.
/// </remarks>
public static class MachineInvariants
{
    /// <summary>No frame has a private and a shared entry at once, and none of a store that stays out of the direct map is in it.</summary>
    public static Invariant Frame { get; } = new(
        "I1-frame", "No frame is mapped private and shared at once.", "guest-memfd-rfc, the one rule", ScanFrames);

    /// <summary>Outside an open invalidation every guest translation has the frame and kind that slot, attribute and store give now.</summary>
    public static Invariant Address { get; } = new(
        "I1-address", "Every translation outside an open invalidation leads where slot, attribute and store say now.", "guest-memfd-rfc, the one rule", ScanAddresses);

    /// <summary>A VM's running invalidations are exactly those that were begun on it and not ended.</summary>
    public static Invariant Balance { get; } = new(
        "I4", "Begin and end of invalidations are balanced.", "guest-memfd, punch hole", ScanBalance);

    /// <summary>A private frame is one guest's, at one guest frame.</summary>
    public static Invariant OneOwner { get; } = new(
        "I5", "A private frame belongs to one guest, at one guest frame.", "guest-memfd, one page one guest", ScanOwners);

    /// <summary>A page of a file has at most one binding, to a slot of the file's own VM that says the same.</summary>
    public static Invariant OneBinding { get; } = new(
        "I6", "A file's page is bound at most once, to a slot of its own VM.", "guest-memfd, binding", ScanBindings);

    /// <summary>What a guest or the host has mapped was cleared or filled before.</summary>
    public static Invariant Cleared { get; } = new(
        "I8", "Memory is cleared or filled before a guest or the host touches it.", "guest-memfd, allocation", ScanCleared);

    /// <summary>No live object names a freed one.</summary>
    public static Invariant Lifetime { get; } = new(
        "lifetime", "No live object names a freed one.", "guest-memfd, release", ScanLifetimes);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Invariant> All { get; } = [Frame, Address, Balance, OneOwner, OneBinding, Cleared, Lifetime];

    internal static void CheckFrame(InvariantScan scan, Pfn frame)
    {
        var counts = scan.Machine.Mappings[frame];
        scan.Require(counts.Shared == 0 || counts.Private == 0, $"{frame} is mapped {counts}");
    }

    internal static void CheckOwner(InvariantScan scan, Pfn frame, GuestId guest, Gfn gfn)
    {
        var counts = scan.Machine.Mappings[frame];
        var entry = scan.Machine.Ownership.LookUp(frame);
        scan.Require(counts.Private <= 1, $"{frame} has {counts.Private} private entries");
        scan.Require(entry.Owner == FrameOwner.Of(guest) && entry.Gfn == gfn, $"{frame} is private to {guest} at {gfn}, but the table says {entry} at {entry.Gfn}");
    }

    internal static void CheckAddress(InvariantScan scan, VirtualMachine vm, Gfn gfn, in Translation translation)
    {
        // A dead VM may keep what it could not let go of; nobody gets that frame.
        var isLost = vm.IsDead && scan.Machine.Frames[translation.Frame] == FrameState.Leaked;
        if (isLost || (vm.Sequence.InProgress > 0 && vm.Sequence.Range.Contains(gfn)))
        {
            return;
        }

        var expected = vm.Technology.WantedKind(vm.Attributes.KindOf(gfn), asksPrivate: null);
        scan.Require(translation.Kind == expected, $"{gfn} of {vm.Id} is mapped {translation.Kind}, its attribute says {expected}");
        var known = TryExpectedFrame(vm, gfn, translation.Kind, out var frame);
        scan.Require(known && frame == translation.Frame, $"{gfn} of {vm.Id} is mapped to {translation.Frame}, its slot gives {(known ? frame.ToString() : "nothing")}");
    }

    internal static void CheckAddresses(InvariantScan scan, VirtualMachine vm, GfnRange gfns)
    {
        if (vm.Mmu is not NestedPageTable table)
        {
            CheckMappedAddresses(scan, vm, gfns);
            return;
        }

        foreach (var run in table.RunsIn(gfns))
        {
            for (var gfn = run.Start; gfn < run.End; gfn++)
            {
                CheckAddress(scan, vm, new(gfn), run.Value.Advance(gfn - run.Start));
            }
        }
    }

    // A tree of another kind says what it maps by frame.
    private static void CheckMappedAddresses(InvariantScan scan, VirtualMachine vm, GfnRange gfns)
    {
        foreach (var mapping in vm.MappingsOfTree())
        {
            var mapped = new GfnRange(new(mapping.InputPage), mapping.Frames.Count).Intersect(gfns);
            for (var gfn = mapped.Start; !mapping.AwaitsFlush && gfn < mapped.End; gfn += 1)
            {
                var translation = new Translation(mapping.Frames.Start + (gfn.Value - mapping.InputPage), PageSize.Size4K, mapping.Kind, Writable: true);
                CheckAddress(scan, vm, gfn, translation);
            }
        }
    }

    // A translation that leads elsewhere than its slot is the other check's matter: a dead VM may keep one.
    internal static void CheckCleared(InvariantScan scan, VirtualMachine vm, Gfn gfn, in Translation translation)
    {
        if (TryLocate(vm, gfn, translation.Kind, out var location) && location.Source is BackingFile file && file.Store.TryLookUp(location.Index, out var page)
            && page.Frame == translation.Frame)
        {
            scan.Require(page.Flags.HasFlag(StoredPageFlags.Cleared), $"{gfn} of {vm.Id} is mapped to {page.Frame}, which was never cleared");
        }
    }

    internal static void CheckHostEntry(InvariantScan scan, HostAddressSpace process, PageIndex page, in HostEntry entry)
    {
        if (entry.IsPoisoned || entry.IsZeroPage || !process.TryGetArea(page, out var area))
        {
            return;
        }

        var store = scan.Machine.Store(area.Store);
        var held = store.TryLookUp(area.Index, out var stored);
        scan.Require(held && stored.Frame == entry.Frame, $"{process.Id} maps page 0x{page.Value:x} to {entry.Frame}, which its store does not hold there");
        scan.Require(!held || stored.Flags.HasFlag(StoredPageFlags.Cleared), $"{process.Id} maps {entry.Frame}, which was never cleared");
        scan.Require(store.Kind == PageKind.Shared, $"{process.Id} maps {entry.Frame} of store {store.Id}, whose pages are private");
    }

    internal static void CheckBinding(InvariantScan scan, BackingFile file, in RangeEntry<SlotBinding> run)
    {
        var places = scan.Machine.VirtualMachine(file.Guest).Slots.Places;
        if (run.Value.Slot.Number >= places.Count || places[run.Value.Slot.Number] is not { IsLive: true, Slot: Memslot slot })
        {
            return;
        }

        var agrees = slot.HasFile && slot.Layout.File == file.Id && slot.Layout.FileStart.Value == run.Start && slot.Gfns == new GfnRange(run.Value.Gfn, run.End - run.Start);
        scan.Require(agrees, $"file {file.Id} binds [0x{run.Start:x}, 0x{run.End:x}) to {run.Value}, whose slot is {slot.Layout}");
    }

    internal static void CheckLifetime(InvariantScan scan, BackingFile file)
    {
        var vm = scan.Machine.VirtualMachine(file.Guest);
        scan.Require(vm.IsLive, $"file {file.Id} names {file.Guest}, which is gone");
        scan.Require(file.Store.IsLive, $"file {file.Id} names store {file.StoreId}, which is gone");
        foreach (var run in file.Bindings)
        {
            var number = run.Value.Slot.Number;
            var live = number < vm.Slots.Places.Count && vm.Slots.Places[number].IsLive;
            scan.Require(live, $"file {file.Id} of {file.Guest} is bound to {run.Value.Slot}, which is freed");
        }
    }

    internal static void CheckBalance(InvariantScan scan, VirtualMachine vm)
    {
        var begun = vm.OwnInvalidations + vm.OpenHostInvalidations;
        foreach (var file in scan.Machine.FileSpan)
        {
            begun += file.Life != FileLife.Gone && file.Guest == vm.Id ? file.OpenInvalidations : 0;
        }

        scan.Require(vm.Sequence.InProgress == begun, $"{vm.Id} counts {vm.Sequence.InProgress} running invalidations, {begun} were begun and not ended");
    }

    private static void ScanFrames(InvariantScan scan)
    {
        foreach (var run in scan.Machine.Mappings.Runs)
        {
            CheckFrame(scan, new(run.Start));
        }

        foreach (var store in scan.Machine.Stores)
        {
            foreach (var run in store.IsLive && !store.Properties.DirectMapped ? store.Pages : [])
            {
                var exposed = scan.Machine.DirectMap.MapsAny(new(run.Value.Frame, run.End - run.Start));
                scan.Require(!exposed, $"a frame of store {store.Id}, which stays out of the direct map, is in it");
            }
        }
    }

    private static void ScanAddresses(InvariantScan scan) =>
        ForEachTranslation(scan, static (scan, vm, gfn, translation) => CheckAddress(scan, vm, gfn, translation));

    private static void ScanOwners(InvariantScan scan) => ForEachTranslation(scan, static (scan, vm, gfn, translation) =>
    {
        if (translation.Kind == PageKind.Private)
        {
            CheckOwner(scan, translation.Frame, vm.Id, gfn);
        }
    });

    private static void ScanCleared(InvariantScan scan)
    {
        ForEachTranslation(scan, static (scan, vm, gfn, translation) => CheckCleared(scan, vm, gfn, translation));
        foreach (var process in scan.Machine.Processes)
        {
            foreach (var run in process.Entries)
            {
                for (var page = run.Start; page < run.End; page++)
                {
                    CheckHostEntry(scan, process, new(page), run.Value.Advance(page - run.Start));
                }
            }
        }
    }

    private static void ScanBalance(InvariantScan scan)
    {
        foreach (var vm in scan.Machine.VirtualMachineSpan)
        {
            if (vm.IsLive)
            {
                CheckBalance(scan, vm);
            }
        }
    }

    private static void ScanBindings(InvariantScan scan)
    {
        foreach (var file in scan.Machine.FileSpan)
        {
            foreach (var run in file.Life != FileLife.Gone ? file.Bindings : [])
            {
                CheckBinding(scan, file, run);
            }
        }
    }

    private static void ScanLifetimes(InvariantScan scan)
    {
        foreach (var file in scan.Machine.FileSpan)
        {
            if (file.Life != FileLife.Gone)
            {
                CheckLifetime(scan, file);
            }
        }

        foreach (var vm in scan.Machine.VirtualMachineSpan)
        {
            foreach (var place in vm.IsLive ? vm.Slots.PlaceSpan : [])
            {
                var isSound = place is not { IsLive: true, Slot: Memslot { HasFile: true, FileDetached: false } slot } || scan.Machine.File(slot.Layout.File).Life != FileLife.Gone;
                scan.Require(isSound, $"{vm.Id} {place} names a file that is gone");
            }
        }

        foreach (var process in scan.Machine.Processes)
        {
            foreach (var run in process.Areas)
            {
                scan.Require(scan.Machine.Store(run.Value.Store).IsLive, $"{process.Id} maps store {run.Value.Store}, which is gone");
            }
        }
    }

    private static void ForEachTranslation(InvariantScan scan, Action<InvariantScan, VirtualMachine, Gfn, Translation> check)
    {
        foreach (var vm in scan.Machine.VirtualMachineSpan)
        {
            if (!vm.IsLive || vm.Mmu is not IFrameMapper mapper)
            {
                continue;
            }

            var found = new List<FrameMapping>();
            mapper.FindMappings(scan.Machine.Frames.AllFrames, found);
            foreach (var mapping in found)
            {
                for (var page = 0UL; !mapping.AwaitsFlush && page < mapping.Frames.Count; page++)
                {
                    check(scan, vm, new(mapping.InputPage + page), new(mapping.Frames.Start + page, PageSize.Size4K, mapping.Kind, Writable: false));
                }
            }
        }
    }

    private static bool TryLocate(VirtualMachine vm, Gfn gfn, PageKind kind, out PageLocation location)
    {
        location = default;
        return vm.Slots.Find(gfn)?.Resolve(gfn, kind, out location).IsSuccess == true;
    }

    private static bool TryExpectedFrame(VirtualMachine vm, Gfn gfn, PageKind kind, out Pfn frame)
    {
        frame = default;
        if (!TryLocate(vm, gfn, kind, out var location))
        {
            return false;
        }

        switch (location.Source)
        {
            case BackingFile file:
                var held = file.Store.TryLookUp(location.Index, out var page) && !page.Flags.HasFlag(StoredPageFlags.Poisoned);
                frame = page.Frame;
                return held;
            case HostAddressSpace process:
                return process.TryGetEntry(location.Index, out frame);
            default:
                return false;
        }
    }
}
