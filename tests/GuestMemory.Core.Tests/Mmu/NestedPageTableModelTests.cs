using Xunit;

namespace GuestMemory.Tests;

/// <summary>A table kept as runs has at all times the content of one kept page by page.</summary>
public sealed class NestedPageTableModelTests
{
    private const int Tests = 150;

    // One vCPU walk finds what was last mapped and not unmapped since; kinds and rights are fixed when the leaf is made.
    [Fact]
    public void Every_page_translates_as_in_a_table_kept_page_by_page() => Holds(Enforcement.Observe, (table, naive, _, _) =>
    {
        for (var gfn = 0UL; gfn < NaiveTable.Gfns; gfn++)
        {
            Assert.Equal(naive.Cells[(int)gfn] is not null, table.TryTranslate(new(gfn), out var translation));
            Assert.Equal(naive.Cells[(int)gfn].GetValueOrDefault(), translation);
        }
    });

    // systems.md 1.3: only the flush gives frames back, so what is unmapped and not flushed counts as mapped.
    [Fact]
    public void Frames_are_counted_until_they_are_flushed() => Holds(Enforcement.Observe, (_, naive, index, _) =>
    {
        var expected = naive.Cells.OfType<Translation>().Concat(naive.Unflushed.Select(cell => cell.Cell)).ToLookup(cell => cell.Frame);
        for (var frame = new Pfn(0); frame.Value < NaiveTable.Frames; frame += 1)
        {
            Assert.Equal(expected[frame].Count(cell => cell.Kind == PageKind.Shared), index[frame].Shared);
            Assert.Equal(expected[frame].Count(cell => cell.Kind == PageKind.Private), index[frame].Private);
        }
    });

    [Fact]
    public void What_awaits_a_flush_is_what_was_unmapped_since() => Holds(Enforcement.Observe, (table, naive, _, _) =>
    {
        var pages = table.Unflushed.SelectMany(run => Pages(run.AsEntry())).Order(Comparer).ToArray();
        Assert.Equal(naive.Unflushed.Order(Comparer), pages);
    });

    [Fact]
    public void Counting_again_from_the_table_gives_the_same_counts() => Holds(Enforcement.Observe, (_, _, index, _) =>
    {
        var kept = index.Runs.ToArray();
        index.Rebuild();
        Assert.Equal(kept, index.Runs.ToArray());
    });

    // Architecture, principle 11: a vCPU uses what the table says, or what the table still owes it a flush for.
    [Fact]
    public void A_cached_translation_is_in_the_table_or_awaits_its_flush() => Holds(Enforcement.Observe, (table, naive, _, cache) =>
    {
        foreach (var (_, gfn, held) in cache.Entries)
        {
            var current = naive.Cells[(int)gfn.Value] is { } cell && cell.Frame == held.Frame && cell.Kind == held.Kind;
            Assert.True(current || naive.Unflushed.Any(cell => cell.Gfn == gfn.Value && cell.Cell.Frame == held.Frame && cell.Cell.Kind == held.Kind));
        }

        table.Unmap(new(default, NaiveTable.Gfns), KindFilter.Both);
        table.Flush(new(default, NaiveTable.Gfns));
        Assert.Empty(cache.Entries);
    });

    // guest-memfd-rfc, the one rule: under Enforce no sequence of calls maps a frame private and shared at once.
    [Fact]
    public void Enforced_no_frame_is_ever_of_both_kinds() => Holds(Enforcement.Enforce, (_, _, index, _) =>
    {
        foreach (var run in index.Runs)
        {
            Assert.True(run.Value.Shared == 0 || run.Value.Private == 0, run.Value.ToString());
        }
    });

    [Fact]
    public void A_table_read_back_from_its_bytes_is_the_same() => Holds(Enforcement.Observe, (table, _, _, _) =>
    {
        var again = NewTable(Enforcement.Observe, out _, out _);
        var written = BytesOf(table);
        var reader = new StateReader(written);
        again.ReadState(ref reader);

        Assert.True(reader.AtEnd);
        Assert.Equal(written, BytesOf(again));
        Assert.Equal(table.Runs.ToArray(), again.Runs.ToArray());
    });

    private static void Holds(
        Enforcement enforcement, Action<NestedPageTable, NaiveTable, ReverseIndex, TranslationCache> fact) =>
        Sequences.Of(TableStep.Any).Check(Tests, steps =>
        {
            var table = NewTable(enforcement, out var index, out var cache);
            var naive = new NaiveTable();
            foreach (var step in steps)
            {
                Apply(step, enforcement, table, naive, cache);
            }

            fact(table, naive, index, cache);
        });

    private static void Apply(TableStep step, Enforcement enforcement, NestedPageTable table, NaiveTable naive, TranslationCache cache)
    {
        var range = new GfnRange(new(step.Gfn), step.Count);
        switch (step.Call)
        {
            case TableCall.Map:
                ApplyMap(step, enforcement, table, naive);
                break;
            case TableCall.Unmap:
                Assert.True(table.Unmap(range, step.Kinds).IsDone);
                naive.Unmap(step.Gfn, step.End, step.Kinds);
                break;
            case TableCall.Flush:
                Assert.True(table.Flush(range).IsDone);
                naive.Flush(step.Gfn, step.End);
                break;
            case TableCall.Split:
                Assert.Equal(naive.Split(step.Gfn), table.Split(new(step.Gfn)).IsDone);
                break;
            case TableCall.Merge:
                Assert.Equal(naive.Merge(step.Gfn, step.Size), table.Merge(new(step.Gfn), step.Size).IsDone);
                break;
            case TableCall.WriteProtect:
                table.WriteProtect(range);
                naive.WriteProtect(step.Gfn, step.End);
                break;
            default:
                if (table.TryTranslate(new(step.Gfn), out var translation))
                {
                    cache.Fill(0, new(step.Gfn), translation);
                }

                break;
        }
    }

    private static void ApplyMap(TableStep step, Enforcement enforcement, NestedPageTable table, NaiveTable naive)
    {
        var request = step.ToRequest(default);
        var otherKind = step.Kind == PageKind.Private ? PageKind.Shared : PageKind.Private;
        var refused = enforcement == Enforcement.Enforce && naive.IsMappedAs(request.Frames, otherKind);
        var answer = table.Map(request);

        Assert.Equal(refused ? MmuVerdict.Refused : MmuVerdict.Done, answer.Verdict);
        Assert.Equal(refused ? CoreRules.UnmapBeforeConvert : null, answer.Detail.DecidedBy);
        if (!refused)
        {
            naive.Map(request.Gfn.Value, new(request.Frame, step.Size, step.Kind, step.Writable));
        }
    }

    private static NestedPageTable NewTable(Enforcement enforcement, out ReverseIndex index, out TranslationCache cache)
    {
        index = new();
        cache = new(enabled: true);
        return new(new(MapperKind.NestedTable, 1), new(), index, cache, enforcement);
    }

    private static byte[] BytesOf(NestedPageTable table)
    {
        var writer = new StateWriter([]);
        table.WriteState(ref writer);
        return writer.Written.ToArray();
    }

    private static IEnumerable<(ulong Gfn, Translation Cell)> Pages(RangeEntry<Translation> run)
    {
        for (var gfn = run.Start; gfn < run.End; gfn++)
        {
            yield return (gfn, run.Value.Advance(gfn - run.Start));
        }
    }

    private static readonly Comparer<(ulong Gfn, Translation Cell)> Comparer = Comparer<(ulong Gfn, Translation Cell)>.Create(
        static (left, right) => Key(left).CompareTo(Key(right)));

    private static (ulong, ulong, PageKind, PageSize, bool) Key((ulong Gfn, Translation Cell) page) =>
        (page.Gfn, page.Cell.Frame.Value, page.Cell.Kind, page.Cell.Size, page.Cell.Writable);
}
