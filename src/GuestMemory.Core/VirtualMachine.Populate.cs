namespace GuestMemory;

/// <content>Populate: filling private pages before launch, for every technology.</content>
public sealed partial class VirtualMachine
{
    /// <summary>What <see cref="Populate"/> leaves when it stops early.</summary>
    public static PartialEffect PopulatePartialEffect { get; } = new(
        "populate", "a page is refused or a signal seen after the first", "the pages done before it", "guest-memfd, populate");

    /// <summary>Fills private pages: page by page look for a signal, allocate, refuse what was used before, hand to the technology, which makes it the guest's, mark filled.</summary>
    /// <param name="gfns">The frames; each private and in a slot with a file.</param>
    /// <param name="source">Bytes for the pages in order, or empty to use what is in place.</param>
    /// <param name="filler">The technology's part: measures, encrypts, adds.</param>
    /// <param name="done">Pages done.</param>
    /// <returns>Success when at least one page was done or none was asked for; otherwise why the first was refused.</returns>
    public Outcome Populate(GfnRange gfns, ReadOnlySpan<byte> source, IPopulateFiller filler, out ulong done)
    {
        ArgumentNullException.ThrowIfNull(filler);
        done = 0;
        if (!Attributes.HasAll(gfns, MemoryAttributes.Private) && !Machine.IsOff(CoreRules.WrongKind))
        {
            return CoreRules.WrongKind.Refuse(gfns.Start.Value);
        }

        while (done < gfns.Count)
        {
            var bytes = source.IsEmpty ? source : source.Slice(checked((int)done * 4096), 4096);
            var outcome = Machine.Strikes(InjectionPoint.Signal)
                ? CoreRules.Interrupted.Refuse((gfns.Start + done).Value)
                : PopulatePage(gfns.Start + done, bytes, filler);
            if (!outcome.IsSuccess)
            {
                return done > 0 ? Outcome.Success with { Info = done } : outcome;
            }

            done++;
        }

        return Outcome.Success with { Info = done };
    }

    private Outcome PopulatePage(Gfn gfn, ReadOnlySpan<byte> bytes, IPopulateFiller filler)
    {
        var slot = Slots.Find(gfn);
        if (slot is null)
        {
            return CoreRules.NoBacking.Refuse(gfn.Value);
        }

        var resolved = slot.Resolve(gfn, PageKind.Private, out var location);
        if (!resolved.IsSuccess || location.Source is not BackingFile file)
        {
            return resolved.IsSuccess ? CoreRules.NoBacking.Refuse(gfn.Value) : resolved;
        }

        if (file.Store.TryLookUp(location.Index, out var stored)
            && (stored.Flags & (StoredPageFlags.Cleared | StoredPageFlags.Prepared)) != 0 && !Machine.IsOff(CoreRules.AlreadyPopulated))
        {
            return CoreRules.AlreadyPopulated.Refuse(gfn.Value);
        }

        return FillPage(gfn, location, bytes, filler);
    }

    private Outcome FillPage(Gfn gfn, in PageLocation location, ReadOnlySpan<byte> bytes, IPopulateFiller filler)
    {
        var store = ((BackingFile)location.Source).Store;
        var given = store.GetPage(location.Index, out var page);
        if (!given.IsSuccess)
        {
            return given;
        }

        var filled = filler.Fill(this, gfn, page.Frame, bytes);
        if (filled.IsSuccess)
        {
            store.AddFlags(new(location.Index, 1), StoredPageFlags.Prepared | StoredPageFlags.Cleared);
        }
        else if (Machine.Ownership.LookUp(page.Frame).Owner != FrameOwner.Host)
        {
            // What the filler could not take back is reclaimed with the page.
            store.AddFlags(new(location.Index, 1), StoredPageFlags.Prepared);
        }

        Emit(StepKind.PagePopulated, new(gfn, 1), page.Frame.Value, filled);
        return filled;
    }
}
