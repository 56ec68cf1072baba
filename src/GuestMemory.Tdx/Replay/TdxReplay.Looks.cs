namespace GuestMemory.Tdx;

/// <content>What the recorder looked at after an operation.</content>
public sealed partial class TdxReplay
{
    private static void LookAtTd(ref TraceOutcome outcome, Td? td)
    {
        if (td is null)
        {
            outcome.Null("td"u8);
            return;
        }

        outcome.OpenObject("td"u8);
        outcome.Hex("tdr"u8, td.Tdr.Address.Value);
        outcome.Text("lifecycle"u8, RecordedNames.Of(td.Lifecycle));
        outcome.Number("chldcnt"u8, (long)td.ChildCount);
        outcome.Number("num_tdcx"u8, td.ControlPages.Count);
        if (HasControlStructure(td))
        {
            LookAtControlStructure(ref outcome, td);
        }

        outcome.CloseObject();
    }

    private static void LookAtControlStructure(ref TraceOutcome outcome, Td td)
    {
        outcome.Text("op_state"u8, RecordedNames.Of(td.OpState));
        if (td.OpState == TdxOpState.Uninitialized)
        {
            return;
        }

        // Recorded of two of them only (MB-67).
        if (td.OpState.IsMigration())
        {
            outcome.Number("mig_count"u8, td.MigratedCount);
            outcome.Number("dirty_count"u8, td.DirtyCount);
        }

        outcome.Number("epoch"u8, (long)td.Epoch);
        outcome.OpenList("refcount"u8);
        outcome.Item(td.EvenReferences);
        outcome.Item(td.OddReferences);
        outcome.CloseList();
        outcome.Number("assoc"u8, td.AssociatedVcpus);
    }

    /// <summary>Looks at the entry a walk reaches, as an address would be walked whatever it is.</summary>
    /// <returns>The page the entry leads to; <see langword="null"/> when it leads to none.</returns>
    private static (ulong Address, bool IsLeaf)? LookAtEntry(ref TraceOutcome outcome, Td? td, ulong gpa, ulong level)
    {
        if (TreeOf(td) is not { } tree || level > (ulong)tree.RootLevel)
        {
            outcome.Null("sept"u8);
            return null;
        }

        var place = tree.Walk(new(gpa >> 12), (SeptLevel)(byte)level);
        outcome.OpenObject("sept"u8);
        outcome.Hex("gpa"u8, gpa);
        outcome.Number("req"u8, (long)level);
        outcome.Number("level"u8, (long)place.Level);
        var found = LookAtEntry(ref outcome, place.Entry, place.Level);
        outcome.CloseObject();
        return found;
    }

    private static (ulong Address, bool IsLeaf)? LookAtEntry(ref TraceOutcome outcome, SeptEntry entry, SeptLevel level)
    {
        var state = entry.State;
        outcome.Text("state"u8, RecordedNames.Of(state));
        outcome.Hex("raw"u8, entry.Raw);
        var found = PageOf(entry, state, level);
        if (found is { } page)
        {
            outcome.Number("leaf"u8, page.IsLeaf ? 1 : 0);
            outcome.Hex("hpa"u8, page.Address);
        }

        if (state == SeptEntryState.Pending && level == SeptLevel.Pd)
        {
            outcome.Number("accept_counter"u8, entry.AcceptCounter);
        }

        return found;
    }

    // A removed entry holds no address, but a migration epoch in its place (MB-67).
    private static (ulong Address, bool IsLeaf)? PageOf(SeptEntry entry, SeptEntryState state, SeptLevel level) => state switch
    {
        SeptEntryState.Free or SeptEntryState.Removed => null,
        _ => ((entry.IsLeaf ? entry.Page(level) : entry.Table).Address.Value, entry.IsLeaf),
    };

    private void LookAtPage(ref TraceOutcome outcome, ulong page) => LookAtPages(ref outcome, [page]);

    private void LookAtPages(ref TraceOutcome outcome, scoped ReadOnlySpan<ulong> pages)
    {
        if (pages.IsEmpty)
        {
            return;
        }

        outcome.OpenList("pamt"u8);
        foreach (var page in pages)
        {
            outcome.OpenItem();
            LookAtMetadata(ref outcome, new Spa(page & ((1UL << Module.Platform.HkidShift) - 1)).Frame);
            outcome.CloseItem();
        }

        outcome.CloseList();
    }

    private void LookAtMetadata(ref TraceOutcome outcome, Pfn frame)
    {
        outcome.Hex("pa"u8, frame.Address.Value);
        if (!Module.Pamt.IsKnown(frame))
        {
            outcome.Text("pt"u8, "NOT_IN_TDMR"u8);
            return;
        }

        var entry = Module.Pamt.LookUp(frame, out var size);
        outcome.Text("pt"u8, RecordedNames.Of(entry.Type));
        outcome.Number("size"u8, (long)size);
        if (entry.Type is PageType.Reg or PageType.Ept or PageType.Tdcx or PageType.Tdvpr)
        {
            outcome.Hex("owner"u8, entry.Owner.Address.Value);
        }

        if (entry.Type is PageType.Reg or PageType.Ept)
        {
            outcome.Number("bepoch"u8, unchecked((long)entry.Bepoch));
        }

        if (entry.Type is PageType.Reg or PageType.Nda)
        {
            outcome.Hex("q0"u8, Module.Memory.Contents.Read(frame.Address, 8));
        }
    }

    // Control pages are read through the TD's key: while it has one, and once there are enough of them.
    private static bool HasControlStructure(Td td) =>
        td.Lifecycle is TdLifecycle.KeysConfigured or TdLifecycle.Blocked && td.ControlPages.Count >= Td.FewestControlPages;

    private static SecureEpt? TreeOf(Td? td) => td is { Lifecycle: TdLifecycle.KeysConfigured, OpState: not TdxOpState.Uninitialized } ? td.Sept : null;
}
