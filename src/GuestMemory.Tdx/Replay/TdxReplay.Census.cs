namespace GuestMemory.Tdx;

/// <content>Counts of entries.</content>
public sealed partial class TdxReplay
{
    // In the order of the numbers hosts are told, as the recorder counts.
    private static readonly SeptEntryState[] s_states = [.. Enum.GetValues<SeptEntryState>().OrderBy(SeptStates.PublicNumber)];

    private static readonly PageType[] s_types = [PageType.Rsvd, PageType.Reg, PageType.Tdr, PageType.Tdcx, PageType.Tdvpr, PageType.Ept, PageType.Pamt];

    private void Summarize(Td? td, ref TraceOutcome outcome)
    {
        CountEntries(TreeOf(td), ref outcome);
        CountPages(ref outcome);
    }

    private static void CountEntries(SecureEpt? tree, ref TraceOutcome outcome)
    {
        if (tree is null)
        {
            outcome.Null("sept_counts"u8);
            return;
        }

        Span<long> counts = stackalloc long[((int)SeptLevel.Pml5 + 1) * SecureEpt.States];
        counts.Clear();
        tree.Count(counts);
        outcome.OpenList("sept_counts"u8);
        for (var level = (int)tree.RootLevel; level >= 0; level--)
        {
            foreach (var state in s_states)
            {
                Row(ref outcome, level, RecordedNames.Of(state), counts[(level * SecureEpt.States) + (int)state]);
            }
        }

        outcome.CloseList();
    }

    private void CountPages(ref TraceOutcome outcome)
    {
        Span<long> counts = stackalloc long[3 * Pamt.Types];
        Module.Pamt.Count(counts);
        outcome.OpenList("pamt_counts"u8);
        for (var size = PageSize.Size4K; size <= PageSize.Size1G; size++)
        {
            foreach (var type in s_types)
            {
                Row(ref outcome, (long)size, RecordedNames.Of(type), counts[((int)size * Pamt.Types) + (int)type]);
            }
        }

        outcome.CloseList();
    }

    private static void Row(ref TraceOutcome outcome, long size, ReadOnlySpan<byte> name, long count)
    {
        if (count > 0)
        {
            outcome.OpenRow();
            outcome.Item(size);
            outcome.Item(name);
            outcome.Item(count);
            outcome.CloseList();
        }
    }
}
