using Xunit;

namespace GuestMemory.Tests;

/// <summary>What each kind of store allows and refuses. Sources: systems.md 1.1; guest-memfd; guest-memfd-rfc.</summary>
public sealed class BackingPropertiesTests
{
    private const ulong Gig = 1UL << 18;
    private readonly Machine _machine = new MachineFactory().Create();

    [Fact]
    public void Only_movable_stores_move_a_page()
    {
        var moved = BackingKinds.All.Select(kind => (kind.Name, Held(kind.Properties).Move(new(0)).DecidedBy));

        Assert.Equal(
            [
                ("anonymous", null), ("memfd", null), ("guest_memfd", CoreRules.NotSupported), ("mappable guest_memfd", CoreRules.NotSupported),
                ("restrictedmem", null), ("hugetlb 2M", CoreRules.Indivisible), ("hugetlb 1G", CoreRules.Indivisible), ("secretmem", CoreRules.NotSupported),
                ("guest_memfd with 2M pages", CoreRules.NotSupported), ("guest_memfd with 1G pages", CoreRules.NotSupported),
            ],
            moved);
    }

    [Fact]
    public void Only_host_mappable_stores_give_a_process_a_page()
    {
        foreach (var (name, properties) in BackingKinds.All)
        {
            var process = _machine.CreateProcess();
            var store = _machine.CreateStore(properties, Gig * 4096);
            process.Map(new(new(0), Gig), new(store.Id, default, HostRights.Read | HostRights.Write, IsShared: true, 1, IsLocked: false));

            Assert.True(properties.HostMappable == (process.Store(new(8), 8, 1) == HostFault.None), name);
            Assert.True(properties.HostMappable == (process.Load(new(8), 8, out var value) == HostFault.None), name);
            Assert.Equal(properties.HostMappable ? 1UL : 0, value);
        }
    }

    [Fact]
    public void Allocation_of_one_page_takes_a_whole_one_where_pages_are_indivisible()
    {
        var held = BackingKinds.All.Select(kind =>
        {
            var store = _machine.CreateStore(kind.Properties, Gig * 4096);
            Assert.True(store.Allocate(new(new(5), 1)).IsSuccess);
            return (kind.Name, store.HeldPages);
        });

        Assert.Equal(
            [
                ("anonymous", 1UL), ("memfd", 1), ("guest_memfd", 1), ("mappable guest_memfd", 1), ("restrictedmem", 1), ("hugetlb 2M", 512),
                ("hugetlb 1G", Gig), ("secretmem", 1), ("guest_memfd with 2M pages", 1), ("guest_memfd with 1G pages", 1),
            ],
            held);
    }

    // systems.md 1.1, hugetlbfs: "that is hugetlbfs, I can't split it".
    [Fact]
    public void One_small_page_of_an_indivisible_one_is_not_punched()
    {
        foreach (var (name, properties) in BackingKinds.All)
        {
            var store = Held(properties);
            var before = store.HeldPages;

            var punched = store.Punch(new(new(3), 1));

            Assert.True(punched.DecidedBy == (properties.Divisible ? null : CoreRules.Indivisible), name);
            Assert.Equal(properties.Divisible ? before - 1 : before, store.HeldPages);
            Assert.Empty(store.OpenInvalidations);
        }
    }

    [Fact]
    public void An_indivisible_store_is_punched_in_whole_pages()
    {
        var store = _machine.CreateStore(BackingProperties.Hugetlb2M, 4 * 512 * 4096);
        store.Allocate(new(default, 4 * 512));

        Assert.Equal(CoreRules.Indivisible, store.Punch(new(new(512), 513)).DecidedBy);
        Assert.Equal(CoreRules.Indivisible, store.Punch(new(new(511), 513)).DecidedBy);
        Assert.Equal(1024UL, store.Punch(new(new(512), 1024)).Info);
        Assert.Equal(1024UL, store.HeldPages);
    }

    // Sharing one 4K of an indivisible private page needs that page's place given up, which is refused; the whole large page can go.
    [Fact]
    public void Sharing_one_small_page_of_an_indivisible_one_cannot_give_the_private_one_back()
    {
        var world = TestWorld.Create(BackingProperties.Hugetlb2M, pages: 1024);
        world.Convert(0, 1024, PageKind.Private);
        Assert.Equal(GuestAccess.Done(), world.Write(3, 33));

        Assert.True(world.Convert(3, 1, PageKind.Shared).IsSuccess);
        Assert.Equal(CoreRules.Indivisible, world.Store.Punch(TestWorld.Pages(3, 1)).DecidedBy);

        world.Convert(3, 1, PageKind.Private);
        Assert.Equal(GuestAccess.Done(33), world.Read(3));
        world.Convert(0, 512, PageKind.Shared);
        Assert.Equal(512UL, world.Store.Punch(TestWorld.Pages(0, 512)).Info);
    }

    // secretmem: out of the direct map while the store holds it, back in it afterwards.
    [Fact]
    public void Frames_are_out_of_the_direct_map_exactly_while_a_store_that_says_so_holds_them()
    {
        foreach (var (name, properties) in BackingKinds.All)
        {
            var store = Held(properties);
            store.TryLookUp(new(0), out var page);

            Assert.True(properties.DirectMapped == _machine.DirectMap.Maps(page.Frame), name);
            _machine.DestroyStore(store);
            Assert.True(_machine.DirectMap.Maps(page.Frame), name);
        }

        Assert.Equal(0, _machine.DirectMap.Removed.Length);
    }

    // The properties are apart from each other: a movable store out of the direct map keeps every frame out, the new one too.
    [Fact]
    public void A_moved_page_stays_out_of_the_direct_map()
    {
        var store = Held(BackingProperties.Secretmem with { Movable = true });
        store.TryLookUp(new(0), out var old);

        Assert.True(store.Move(new(0)).IsSuccess);

        store.TryLookUp(new(0), out var page);
        Assert.True(_machine.DirectMap.Maps(old.Frame));
        Assert.False(_machine.DirectMap.Maps(page.Frame));
    }

    // A frame that could not be made safe is nobody's: it does not come back into the direct map either.
    [Fact]
    public void A_leaked_frame_stays_out_of_the_direct_map()
    {
        var store = Held(BackingProperties.Secretmem);
        store.TryLookUp(new(0), out var page);
        store.Attach(new RecordingListener(MmuVerdict.Failed));

        store.Punch(new(new(0), 1));

        Assert.Equal(FrameState.Leaked, _machine.Frames[page.Frame]);
        Assert.False(_machine.DirectMap.Maps(page.Frame));
    }

    [Fact]
    public void The_largest_order_is_what_a_page_comes_in()
    {
        var orders = BackingKinds.All.Select(kind =>
        {
            var store = _machine.CreateStore(kind.Properties, Gig * 4096);
            Assert.True(store.GetPage(new(5), out var page).IsSuccess);
            return page.Order;
        });

        Assert.Equal([0, 0, 0, 0, 0, 9, 18, 0, 9, 18], orders);
    }

    [Fact]
    public void The_last_page_of_a_store_is_whole()
    {
        var sizes = BackingKinds.All.Select(kind => _machine.CreateStore(kind.Properties, 4097).PageCount);

        Assert.Equal([2UL, 2, 2, 2, 2, 512, Gig, 2, 2, 2], sizes);
    }

    [Fact]
    public void A_store_whose_size_is_no_multiple_of_its_pages_gives_them_all_back()
    {
        var before = _machine.Frames.CountOf(FrameState.InUse);
        var store = _machine.CreateStore(BackingProperties.Hugetlb2M, 4097);
        store.Allocate(new(default, 2));

        _machine.DestroyStore(store);

        Assert.Equal(before, _machine.Frames.CountOf(FrameState.InUse));
    }

    [Fact]
    public void Properties_are_said_in_words()
    {
        Assert.Equal("host-mappable movable swappable direct-mapped divisible order 0", BackingProperties.Memfd.ToString());
        Assert.Equal("host-mappable direct-mapped divisible in place order 0", BackingProperties.MappableGuestMemfd.ToString());
    }

    private BackingStore Held(BackingProperties properties)
    {
        var store = _machine.CreateStore(properties, Gig * 4096);
        Assert.True(store.Allocate(new(default, 8)).IsSuccess);
        return store;
    }
}
