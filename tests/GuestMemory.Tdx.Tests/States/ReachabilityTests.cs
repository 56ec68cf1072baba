using Xunit;

namespace GuestMemory.Tdx.Tests.States;

// tdx.md, 4.3, 4.4 and 13: every state of an entry is reached by calls alone, and INV-TDX-3 and 7 hold on the way.
public sealed class ReachabilityTests
{
    private const int BuiltStates = 1054;
    private const int ImportedStates = 1981;

    // REMOVED and the import's op states need an import; all others are reached from a TD built here.
    [Fact]
    public void A_built_td_reaches_every_state_but_removed()
    {
        var found = Search(LeafWorld.Built(), out var opStates);
        Assert.Equal(Enum.GetValues<SeptEntryState>().Except([SeptEntryState.Removed]), found.States.Order());
        Assert.Equal(
            [TdxOpState.Initialized, TdxOpState.Runnable, TdxOpState.LiveExport, TdxOpState.PausedExport, TdxOpState.PostExport],
            opStates.Order());
        Assert.Equal(BuiltStates, found.Count);
    }

    // STATE_IMPORT is entered by IMPORT.STATE.TD, which is not modelled.
    [Fact]
    public void An_imported_td_reaches_all_sixteen()
    {
        var found = Search(LeafWorld.Importing(), out var opStates);
        Assert.Equal(Enum.GetValues<SeptEntryState>(), found.States.Order());
        Assert.Equal(
            Enum.GetValues<TdxOpState>().Except([TdxOpState.Uninitialized, TdxOpState.Initialized, TdxOpState.StateImport]),
            opStates.Order());
        Assert.Equal(ImportedStates, found.Count);
    }

    private static (HashSet<SeptEntryState> States, int Count) Search(LeafWorld world, out HashSet<TdxOpState> opStates)
    {
        var moves = world.Moves().ToArray();
        var (seen, waiting, states) = (new HashSet<string> { world.Key() }, new Queue<byte[]>([world.Save()]), new HashSet<SeptEntryState>());
        opStates = [];
        while (waiting.TryDequeue(out var state))
        {
            world.Load(state);
            states.Add(world.Leaf.State);
            states.Add(world.Above.State);
            opStates.Add(world.Td.OpState);
            foreach (var (name, call) in moves)
            {
                world.Load(state);
                var answer = call();
                RequireInvariants(world, name);
                if (answer.Status.IsError && !name.StartsWith("Import", StringComparison.Ordinal))
                {
                    Assert.True(state.AsSpan().SequenceEqual(world.Save()), $"{name} was refused and changed something");
                }

                if (seen.Add(world.Key()))
                {
                    waiting.Enqueue(world.Save());
                }
            }
        }

        return (states, seen.Count);
    }

    // INV-TDX-3: every private page is that of exactly one leaf of its owner, in its size, and every leaf's page is private. INV-TDX-7: free and
    // removed entries hold no page; PS says leaf.
    private static void RequireInvariants(LeafWorld world, string after)
    {
        Assert.True(world.Leaf.State != SeptEntryState.Free || world.Leaf == SeptEntry.Free, $"{world.Leaf} after {after}");
        var leaves = new Dictionary<Pfn, SeptLevel>();
        foreach (var row in world.Td.Sept!.Rows())
        {
            var entry = row.Entry;
            Assert.True(entry.IsLeaf == entry.State.IsLeaf(), $"{entry} after {after}");
            if (entry.IsLeaf)
            {
                Assert.True(leaves.TryAdd(entry.Page(row.Level), row.Level), $"two leaves of one page after {after}");
            }
            else if (entry.State == SeptEntryState.Removed)
            {
                Assert.True((entry.Raw & 0x000f_e000_0000_0fff) == 0, $"{entry} after {after}");
            }
        }

        foreach (var run in world.Module.Pamt.Runs())
        {
            if (run.Entry.Type == PageType.Reg)
            {
                Assert.True(leaves.Remove(run.Frame, out var level) && level.PageSize() == run.Size && run.Entry.Owner == world.Td.Tdr, $"{run} after {after}");
            }
        }

        Assert.True(leaves.Count == 0, $"a leaf without a page after {after}");
    }
}
