using Xunit;

namespace GuestMemory.Testing;

/// <summary>What every backing store promises, whatever its properties. Inherit it in a public class and make a store.</summary>
/// <remarks>
/// Each fact makes its own machine and store. The store takes its frames from that machine's pool; a store whose state is not
/// part of the machine's should be <see cref="IStateful"/>, so that a refused step that changes it is seen.
/// </remarks>
public abstract partial class BackingStoreContract
{
    /// <summary>Pages of the store under test: four of the largest there are.</summary>
    protected const ulong Pages = 4UL << 18;

    /// <summary>Makes an empty store.</summary>
    /// <param name="machine">The machine whose pool it takes frames from.</param>
    /// <param name="pages">Its number of pages.</param>
    protected abstract IBackingStore CreateStore(Machine machine, ulong pages);

    /// <summary>Tells the store that pages it holds were made ready for a guest, as a fault does after it prepared them.</summary>
    /// <param name="store">The store.</param>
    /// <param name="pages">Pages it holds.</param>
    protected abstract void MarkPrepared(IBackingStore store, PageIndexRange pages);

    /// <summary>No inheriting class hides or skips a fact.</summary>
    [Fact]
    public void Every_fact_of_the_contract_runs() => ContractFacts.RequireAll(GetType(), typeof(BackingStoreContract));

    /// <summary>Only orders that page sizes have; the same answer whatever happened.</summary>
    [Fact]
    public void Properties_are_fixed_and_name_an_order_that_exists()
    {
        var (_, store) = NewStore();
        var before = store.Properties;

        Get(store, Unit(store, 0).Start);

        Assert.True(before.LargestOrder is 0 or 9 or 18, $"No page has order {before.LargestOrder}.");
        Assert.Equal(before, store.Properties);
    }

    /// <summary>A page keeps its frame, which the pool counts as in use.</summary>
    [Fact]
    public void A_page_has_one_frame_for_as_long_as_it_is_held()
    {
        var (machine, store) = NewStore();

        var first = Get(store, Unit(store, 1).Start);
        Get(store, Unit(store, 0).Start);
        var again = Get(store, Unit(store, 1).Start);

        Assert.Equal(first.Frame, again.Frame);
        Assert.Equal(FrameState.InUse, machine.Frames[first.Frame]);
    }

    /// <summary>One frame stands behind one page only (I5).</summary>
    [Fact]
    public void Different_pages_have_different_frames()
    {
        var (machine, store) = NewStore();
        var other = CreateStore(machine, Pages);

        Pfn[] frames = [Get(store, new(0)).Frame, Get(store, new(1)).Frame, Get(store, Unit(store, 3).Start).Frame, Get(other, new(0)).Frame];

        Assert.Equal(frames.Length, frames.Distinct().Count());
    }

    /// <summary>The last page exists, the one after it does not.</summary>
    [Fact]
    public void Nothing_is_given_at_the_end_or_beyond()
    {
        var (machine, store) = NewStore();
        Get(store, new(Pages - 1));
        var before = Snapshot.Of(machine, store);

        Assert.False(store.GetPage(new(Pages), out _).IsSuccess);
        Assert.False(store.GetPage(new(ulong.MaxValue), out _).IsSuccess);

        before.AssertUnchanged("A page beyond the end");
    }

    /// <summary>Whoever maps a page as large as its order says reaches pages of this store only, each the right one.</summary>
    [Fact]
    public void The_order_of_a_page_covers_an_aligned_run_of_the_store_s_own_pages()
    {
        var (_, store) = NewStore();
        foreach (var index in new ulong[] { 0, 1, 513, Pages - 1 })
        {
            var page = Get(store, new(index));
            var count = 1UL << page.Order;
            var offset = index & (count - 1);

            Assert.InRange(page.Order, 0, store.Properties.LargestOrder);
            Assert.Equal(0UL, (page.Frame.Value - offset) & (count - 1));
            foreach (var other in new[] { 0UL, 1UL, count / 2, count - 1 })
            {
                Assert.Equal(page.Frame.Value - offset + (other % count), Get(store, new(index - offset + (other % count))).Frame.Value);
            }
        }
    }

    /// <summary>What the frame held for its last owner is either gone, or the store says that it must go (I8).</summary>
    [Fact]
    public void A_page_called_cleared_holds_no_old_bytes()
    {
        var (machine, store) = NewStore();
        var old = Get(store, Unit(store, 0).Start);
        machine.Contents.Write(old.Frame.Address, 8, 0x5ec4e7);
        Punch(store, Unit(store, 0));

        var page = Get(store, Unit(store, 0).Start);

        Assert.True(!page.Cleared || machine.Contents.Read(page.Frame.Address, 8) == 0, $"{page} is called cleared and still holds the last user's bytes.");
    }

    /// <summary>The pool is the only place frames come from.</summary>
    [Fact]
    public void Without_a_frame_left_the_store_refuses_and_changes_nothing()
    {
        var machine = new MachineFactory(new() { Frames = 2 }).Create();
        var store = CreateStore(machine, Pages);
        Assert.True(machine.Frames.TryTake(new(0, 1, FramePurpose.Kernel), out _));
        var before = Snapshot.Of(machine, store);

        Assert.False(store.GetPage(default, out _).IsSuccess);

        before.AssertUnchanged("A page that could not be had");
    }

    /// <summary>Frames leave the direct map with their page and come back with it, or stay all the time.</summary>
    [Fact]
    public void The_direct_map_keeps_a_held_frame_exactly_when_the_properties_say_so()
    {
        var (machine, store) = NewStore();

        var page = Get(store, Unit(store, 0).Start);
        var whileHeld = machine.DirectMap.Maps(page.Frame);
        Punch(store, Unit(store, 0));

        Assert.Equal(store.Properties.DirectMapped, whileHeld);
        Assert.True(machine.DirectMap.Maps(page.Frame));
    }

    /// <summary>Canonical bytes read back are the same state.</summary>
    [Fact]
    public void State_read_back_is_the_same_state()
    {
        var (machine, store) = NewStore();
        Get(store, Unit(store, 1).Start);
        Get(store, Unit(store, 3).Start);
        var before = Snapshot.Of(machine, store);
        var written = machine.WriteState().ToArray();
        var ownState = Snapshot.Bytes(store as IStateful);
        Punch(store, Unit(store, 1));

        machine.ReadState(written);
        var reader = new StateReader(ownState);
        (store as IStateful)?.ReadState(ref reader);

        before.AssertUnchanged("Writing the state and reading it back");
    }

    private protected (Machine Machine, IBackingStore Store) NewStore(IOwnershipTable? table = null)
    {
        var machine = new MachineFactory(new() { OwnershipTable = table is null ? null : _ => table }).Create();
        return (machine, CreateStore(machine, Pages));
    }

    // The smallest run the store gives back, the n-th of four.
    private protected static PageIndexRange Unit(IBackingStore store, ulong number)
    {
        var pages = store.Properties.Divisible ? 1UL : 1UL << store.Properties.LargestOrder;
        return new(new(number * pages), pages);
    }

    private protected static BackingPage Get(IBackingStore store, PageIndex index)
    {
        var outcome = store.GetPage(index, out var page);
        Assert.True(outcome.IsSuccess, $"{index} was refused: {outcome}");
        return page;
    }

    private protected static Outcome Punch(IBackingStore store, PageIndexRange pages)
    {
        var scope = store.BeginInvalidate(pages, KindFilter.Both);
        var outcome = store.Free(scope);
        store.EndInvalidate(scope);
        return outcome;
    }
}
