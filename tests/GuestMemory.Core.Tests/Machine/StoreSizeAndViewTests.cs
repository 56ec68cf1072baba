using Xunit;

namespace GuestMemory.Tests;

public sealed class StoreSizeAndViewTests
{
    private readonly TestWorld _world = TestWorld.Create();

    [Fact]
    public void A_store_is_viewed_while_a_file_on_it_is_not_gone()
    {
        var other = _world.Machine.CreateStore(BackingProperties.GuestMemfd, 4096);
        Assert.True(_world.Machine.IsViewed(_world.Store));
        Assert.False(_world.Machine.IsViewed(other));

        _world.File.DropLastReference();
        Assert.True(_world.Machine.IsViewed(_world.Store));
        _world.File.Release();

        Assert.False(_world.Machine.IsViewed(_world.Store));
    }

    [Fact]
    public void A_second_file_keeps_a_store_viewed()
    {
        _world.Machine.OpenFile(_world.Vm.Id, _world.Machine.CreateStore(BackingProperties.GuestMemfd, 4096));
        var last = _world.Machine.OpenFile(_world.Vm.Id, _world.Store);
        _world.File.Release();

        Assert.True(_world.Machine.IsViewed(_world.Store));
        last.Release();
        Assert.False(_world.Machine.IsViewed(_world.Store));
    }

    [Fact]
    public void A_store_shrinks_to_what_it_is_given_and_never_grows_by_it()
    {
        _world.Machine.ShrinkStore(_world.Store, 8 * 4096);
        Assert.Equal(8UL, _world.Store.PageCount);

        _world.Machine.ShrinkStore(_world.Store, 12 * 4096);
        Assert.Equal(8UL, _world.Store.PageCount);
    }

    [Fact]
    public void A_store_that_holds_pages_beyond_does_not_shrink()
    {
        _world.Store.Allocate(TestWorld.Pages(7, 1));

        _world.Machine.ShrinkStore(_world.Store, 8 * 4096);
        var refused = Assert.Throws<InvalidOperationException>(() => _world.Machine.ShrinkStore(_world.Store, 7 * 4096));

        Assert.Equal("Store 0 holds pages beyond 28672 bytes.", refused.Message);
    }

    // A table that keeps the bytes itself is asked for them.
    [Fact]
    public void An_ownership_table_may_keep_the_bytes()
    {
        var table = new TableWithBytes();
        var process = MachineWith(table, out var store);

        process.Store(new(0x8_0010), 8, 77);

        store.TryLookUp(default, out var page);
        Assert.Equal([(page.Frame.Address + 0x10, 77UL)], table.Written);
        Assert.Equal((HostFault.None, 5UL), (process.Load(new(0x8_0010), 8, out var value), value));
    }

    private static HostAddressSpace MachineWith(IOwnershipTable table, out BackingStore store)
    {
        var machine = new MachineFactory(new() { OwnershipTable = _ => table }).Create();
        store = machine.CreateStore(BackingProperties.Memfd, 4096);
        var process = machine.CreateProcess();
        process.Map(new(new(0x80), 1), new(store.Id, default, HostRights.Read | HostRights.Write, IsShared: true, 1, IsLocked: false));
        return process;
    }

    private sealed class TableWithBytes : ScriptedTable, IFrameBytes
    {
        public List<(Spa At, ulong Value)> Written { get; } = [];

        public ulong Read(in FrameAccess access, Spa at, int length, ContentKey key) => 5;

        public void Write(in FrameAccess access, Spa at, int length, ulong value, ContentKey key) => Written.Add((at, value));
    }
}
