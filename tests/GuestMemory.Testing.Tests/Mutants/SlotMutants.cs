namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>Slots with one mistake each, and the promise that catches it.</summary>
internal static class SlotMutants
{
    public static IReadOnlyList<(string Mistake, string Promise, Func<OverlayMemslot, FaultySlot> Make)> All { get; } =
    [
        ("is a frame short", nameof(MemslotContract.The_slot_covers_exactly_its_frames),
            slot => new(slot) { OnGfns = static gfns => new(gfns.Start, gfns.Count - 1) }),
        ("is off by a page on the shared side", nameof(MemslotContract.A_shared_frame_resolves_to_its_own_page),
            slot => Moving(slot, static (location, kind) => kind == PageKind.Shared ? location with { Index = location.Index + 1 } : location)),
        ("puts every private frame at one page", nameof(MemslotContract.A_private_frame_resolves_to_its_own_page_of_the_file),
            slot => Moving(slot, (location, kind) => kind == PageKind.Private ? location with { Index = slot.FileStart } : location)),
        ("resolves beyond its end", nameof(MemslotContract.A_frame_outside_is_never_resolved), slot => new(slot) { OnResolve = ResolveBeyond }),
        ("denies a side it has", nameof(MemslotContract.Serving_a_kind_and_resolving_it_agree),
            slot => new(slot) { OnServes = static (_, kind) => kind == PageKind.Shared }),
        ("brings in what it is asked for", nameof(MemslotContract.Resolving_changes_nothing), slot => Moving(slot, static (location, _) =>
        {
            location.Source.GetPage(new(location.Index, location.Slot, Write: false), out BackingPage _);
            return location;
        })),
        ("names another slot", nameof(MemslotContract.What_is_resolved_can_be_had),
            slot => Moving(slot, static (location, _) => location with { Slot = new(location.Slot.Number + 1) })),
        ("outlives its file", nameof(MemslotContract.A_released_file_takes_the_private_side_with_it), slot => new(slot) { ForgetsRelease = true }),
        ("gives private frames the shared side", nameof(MemslotContract.A_private_frame_resolves_to_its_own_page_of_the_file), slot => new(slot) { OnResolve = ResolveShared }),
        ("loses its side with any file", nameof(MemslotContract.The_release_of_another_file_changes_nothing), slot => new(slot) { LosesAnyFile = true }),
        ("keeps something out of its state", nameof(MemslotContract.State_read_back_is_the_same_state), slot => new(slot) { ForgetsState = true }),
        ("finds nothing that must let go", nameof(MemslotContract.The_frame_in_front_of_a_shared_page_is_found),
            slot => new(slot) { OnFindShared = static (_, _, _, _) => { } }),
        ("finds frames of its neighbour", nameof(MemslotContract.Frames_in_front_of_a_run_of_shared_pages_are_found_within_the_slot),
            slot => new(slot) { OnFindShared = FindTooMuch }),
        ("takes any process for its own", nameof(MemslotContract.Nothing_is_found_in_front_of_another_source),
            slot => new(slot) { OnFindShared = (inner, _, pages, found) => inner.FindShared(SourceOf(slot), pages, found) }),
        ("empties what others found", nameof(MemslotContract.What_was_found_before_stays), slot => new(slot)
        {
            OnFindShared = static (inner, source, pages, found) =>
            {
                found.Clear();
                inner.FindShared(source, pages, found);
            },
        }),
        ("is read-only by mistake", nameof(MemslotContract.A_write_fault_is_mapped_unless_the_slot_is_read_only),
            slot => new(slot) { IsReadOnly = true }),
        ("knows its store", nameof(MemslotContract.The_slot_answers_alike_on_every_store), slot => Moving(slot, static (location, _) =>
            location.Source is BackingFile { Store.Properties.LargestOrder: > 0 } ? location with { Index = location.Index.AlignDown(PageSize.Size2M) } : location)),
    ];

    private static FaultySlot Moving(OverlayMemslot slot, Func<PageLocation, PageKind, PageLocation> move) => new(slot)
    {
        OnResolve = (IMemslot inner, Gfn gfn, PageKind kind, out PageLocation location) =>
        {
            var outcome = inner.Resolve(gfn, kind, out location);
            location = outcome.IsSuccess ? move(location, kind) : location;
            return outcome;
        },
    };

    private static Outcome ResolveBeyond(IMemslot slot, Gfn gfn, PageKind kind, out PageLocation location)
    {
        var last = new Gfn(slot.Gfns.End.Value - 1);
        if (gfn <= last)
        {
            return slot.Resolve(gfn, kind, out location);
        }

        var outcome = slot.Resolve(last, kind, out location);
        location = location with { Index = location.Index + 1 };
        return outcome;
    }

    private static Outcome ResolveShared(IMemslot slot, Gfn gfn, PageKind kind, out PageLocation location)
    {
        var outcome = slot.Resolve(gfn, kind, out location);
        if (!outcome.IsSuccess || kind == PageKind.Shared)
        {
            return outcome;
        }

        var lower = slot.Gfns.Start + ((gfn - slot.Gfns.Start) % (slot.Gfns.Count / 2));
        return slot.Resolve(lower, PageKind.Shared, out location);
    }

    private static void FindTooMuch(IMemslot slot, IPageSource source, PageIndexRange pages, ICollection<GfnRange> found)
    {
        var own = new List<GfnRange>();
        slot.FindShared(source, pages, own);
        own.ForEach(gfns => found.Add(new(new(gfns.Start.Value - 1), gfns.Count + 1)));
    }

    private static IPageSource SourceOf(OverlayMemslot slot)
    {
        slot.Resolve(slot.Gfns.Start, PageKind.Shared, out var location);
        return location.Source;
    }
}
