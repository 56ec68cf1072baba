namespace GuestMemory.Testing;

/// <content>What a store gives.</content>
public abstract partial class BackingStoreContract
{
    /// <summary>Only orders that page sizes have; the same answer whatever happened.</summary>
    public void Properties_are_fixed_and_name_an_order_that_exists()
    {
        Begin();
        var (_, store) = NewStore();
        var before = store.Properties;

        Get(store, Unit(store, 0).Start);

        Holds(before.LargestOrder is 0 or 9 or 18, $"No page has order {before.LargestOrder}");
        Equal(before, store.Properties);
    }

    /// <summary>A page keeps its frame, which the pool counts as in use.</summary>
    public void A_page_has_one_frame_for_as_long_as_it_is_held()
    {
        Begin();
        var (machine, store) = NewStore();

        var first = Get(store, Unit(store, 1).Start);
        Get(store, Unit(store, 0).Start);
        var again = Get(store, Unit(store, 1).Start);

        Equal(first.Frame, again.Frame);
        Equal(FrameState.InUse, machine.Frames[first.Frame]);
    }

    /// <summary>A frame that went back to the pool is not given on without the pool (use after free).</summary>
    public void A_freed_page_gets_a_frame_anew()
    {
        Begin();
        var (machine, store) = NewStore();
        Get(store, Unit(store, 0).Start);
        Punch(store, Unit(store, 0));

        var page = Get(store, Unit(store, 0).Start);

        Equal(FrameState.InUse, machine.Frames[page.Frame]);
    }

    /// <summary>One frame stands behind one page only (I5).</summary>
    public void Different_pages_have_different_frames()
    {
        Begin();
        var (machine, store) = NewStore();
        var other = CreateStore(machine, Pages);

        Pfn[] frames = [Get(store, new(0)).Frame, Get(store, new(1)).Frame, Get(store, Unit(store, 3).Start).Frame, Get(other, new(0)).Frame];

        Equal(frames.Length, frames.Distinct().Count());
    }

    /// <summary>The last page exists, the one after it does not.</summary>
    public void Nothing_is_given_at_the_end_or_beyond()
    {
        Begin();
        var (machine, store) = NewStore();
        Get(store, new(Pages - 1));
        var before = Snapshot.Of(machine, store);

        HoldsNot(store.GetPage(new(Pages), out _).IsSuccess);
        HoldsNot(store.GetPage(new(ulong.MaxValue), out _).IsSuccess);

        Unchanged(before, "A page beyond the end");
    }

    /// <summary>Whoever maps a page as large as its order says reaches pages of this store only, each the right one.</summary>
    public void The_order_of_a_page_covers_an_aligned_run_of_the_store_s_own_pages()
    {
        Begin();
        var (_, store) = NewStore();
        foreach (var index in new ulong[] { 0, 1, 513, Pages - 1 })
        {
            var page = Get(store, new(index));
            var count = 1UL << page.Order;
            var offset = index & (count - 1);

            InRange(page.Order, 0, store.Properties.LargestOrder);
            Equal(0UL, (page.Frame.Value - offset) & (count - 1));
            foreach (var other in new[] { 0UL, 1UL, count / 2, count - 1 })
            {
                Equal(page.Frame.Value - offset + (other % count), Get(store, new(index - offset + (other % count))).Frame.Value);
            }
        }
    }

    /// <summary>What the frame held for its last owner is either gone, or the store says that it must go (I8).</summary>
    public void A_page_called_cleared_holds_no_old_bytes()
    {
        Begin();
        var (machine, store) = NewStore();
        var old = Get(store, Unit(store, 0).Start);
        machine.Contents.Write(old.Frame.Address, 8, 0x5ec4e7);
        Punch(store, Unit(store, 0));

        var page = Get(store, Unit(store, 0).Start);

        Holds(!page.Cleared || machine.Contents.Read(page.Frame.Address, 8) == 0, $"{page} is called cleared and still holds the last user's bytes");
    }

    /// <summary>The pool is the only place frames come from.</summary>
    public void Without_a_frame_left_the_store_refuses_and_changes_nothing()
    {
        Begin();
        var machine = new MachineFactory(new() { Frames = 2 }).Create();
        var store = CreateStore(machine, Pages);
        Holds(machine.Frames.TryTake(new(0, 1, FramePurpose.Kernel), out _));
        var before = Snapshot.Of(machine, store);

        HoldsNot(store.GetPage(default, out _).IsSuccess);

        Unchanged(before, "A page that could not be had");
    }

    /// <summary>Frames leave the direct map with their page and come back with it, or stay all the time.</summary>
    public void The_direct_map_keeps_a_held_frame_exactly_when_the_properties_say_so()
    {
        Begin();
        var (machine, store) = NewStore();

        var page = Get(store, Unit(store, 0).Start);
        var whileHeld = machine.DirectMap.Maps(page.Frame);
        Punch(store, Unit(store, 0));

        Equal(store.Properties.DirectMapped, whileHeld);
        Holds(machine.DirectMap.Maps(page.Frame));
    }

    /// <summary>Canonical bytes read back are the same state.</summary>
    public void State_read_back_is_the_same_state()
    {
        Begin();
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

        Unchanged(before, "Writing the state and reading it back");
    }
}
