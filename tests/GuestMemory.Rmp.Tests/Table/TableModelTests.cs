using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Rmp.Tests.Table;

/// <summary>How a block is kept (one entry for all, a live 2M page, consecutive entries, an array) shows nowhere outside.</summary>
public sealed class TableModelTests
{
    [Fact]
    public void A_table_has_the_entries_of_a_dictionary_given_the_same_changes() => Holds((table, model) =>
    {
        foreach (var frame in TableChange.Frames)
        {
            Assert.Equal(model.Raw(frame), table.Raw(frame));
            Assert.Equal(model.Resolve(frame), table.Resolve(frame));
            Assert.Equal(model.Resolve(frame).State, table.StateOf(frame));
            Assert.Equal(model.IsLarge(frame), table.IsInLargePage(frame));
        }
    });

    [Fact]
    public void Its_counts_are_those_of_the_entries() => Holds((table, model) =>
    {
        Assert.All(TableChange.Heads, head => Assert.Equal(model.AssignedIn2M(head), table.AssignedIn2M(head + 7)));
        Assert.All(TableChange.Asids, asid => Assert.Equal(model.PagesOf(asid, TableChange.Frames), table.PagesOf(asid)));
        Assert.Equal(0UL, table.PagesOf(Asid.Hypervisor));
    });

    [Fact]
    public void Its_runs_are_the_entries_that_are_not_zero_in_order() => Holds((table, model) =>
    {
        var told = table.Runs().SelectMany(run => FramesOf(run.Frames).Select(frame => (frame, run[frame]))).ToArray();
        var kept = TableChange.Frames.Order().Select(frame => (frame, model.Resolve(frame))).Where(pair => pair.Item2 != default);

        Assert.Equal(kept, told);
    });

    [Fact]
    public void A_table_read_back_has_the_same_entries_counts_and_bytes() => Holds((table, model) =>
    {
        var again = Create();
        StateReader.ReadWhole(BytesOf(table), again);

        Assert.All(TableChange.Frames, frame => Assert.Equal(model.Raw(frame), again.Raw(frame)));
        Assert.All(TableChange.Asids, asid => Assert.Equal(table.PagesOf(asid), again.PagesOf(asid)));
        Assert.All(TableChange.Heads, head => Assert.Equal(table.AssignedIn2M(head), again.AssignedIn2M(head)));
        Assert.Equal(BytesOf(table), BytesOf(again));
    });

    // Equal bytes exactly for equal entries: another way to the same entries gives the same bytes, one entry more other ones.
    [Fact]
    public void Its_bytes_follow_from_the_entries_alone() => Holds((table, model) =>
    {
        var direct = Rebuilt(model);
        Assert.Equal(BytesOf(direct), BytesOf(table));

        foreach (var frame in TableChange.Heads.Select(head => head + 300).Where(frame => !model.IsLarge(frame)))
        {
            var before = table.Raw(frame);
            table.Write(frame, before with { Immutable = !before.Immutable });
            Assert.NotEqual(BytesOf(direct), BytesOf(table));
            table.Write(frame, before);
            Assert.Equal(BytesOf(direct), BytesOf(table));
        }
    });

    private static ReverseMapTable Create() => new(RmpCoverage.Segmented(31, [2]));

    // From the last frame to the first, 2M pages as such and everything else entry by entry.
    private static ReverseMapTable Rebuilt(NaiveTable model)
    {
        var table = Create();
        foreach (var frame in TableChange.Frames.Reverse())
        {
            if (!model.IsLarge(frame))
            {
                table.Write(frame, model.Raw(frame));
            }
            else if (frame.IsAligned(PageSize.Size2M))
            {
                table.WriteLarge(frame, model.Raw(frame));
            }
        }

        return table;
    }

    private static void Holds(Action<ReverseMapTable, NaiveTable> fact) => Prop.ForAll(TableChange.Sequences, changes =>
    {
        var table = Create();
        var model = new NaiveTable();
        foreach (var change in changes)
        {
            change.Apply(table, model);
        }

        fact(table, model);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static IEnumerable<Pfn> FramesOf(PfnRange frames)
    {
        for (var frame = frames.Start; frame < frames.End; frame += 1)
        {
            yield return frame;
        }
    }

    private static byte[] BytesOf(ReverseMapTable table)
    {
        var writer = new StateWriter([]);
        table.WriteState(ref writer);
        return writer.Written.ToArray();
    }
}
