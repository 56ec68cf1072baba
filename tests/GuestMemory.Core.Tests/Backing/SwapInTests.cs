using Xunit;

namespace GuestMemory.Tests;

/// <summary>Several pages written out at once: each comes back with its own bytes, and only those that are asked for.</summary>
public sealed class SwapInTests
{
    private readonly Machine _machine = new MachineFactory().Create();
    private readonly HostAddressSpace _process;
    private readonly BackingStore _store;

    public SwapInTests()
    {
        _process = _machine.CreateProcess();
        _store = _machine.CreateStore(BackingProperties.Anonymous, 8 * 4096);
        _process.Map(new(new(0x100), 8), new(_store.Id, default, HostRights.Read | HostRights.Write, IsShared: false, -1, IsLocked: false));
        for (var page = 0UL; page < 6; page++)
        {
            _process.Store(new((0x100 + page) << 12), 8, 0x10 + page);
        }
    }

    [Fact]
    public void A_run_brings_back_the_pages_within_it_and_no_other()
    {
        foreach (var page in new ulong[] { 1, 2, 3, 0 })
        {
            Assert.True(_store.SwapOut(new(page)).IsSuccess);
        }

        Assert.True(_store.Allocate(new(new(1), 2)).IsSuccess);

        Assert.Equal([true, false, false, true], Enumerable.Range(0, 4).Select(page => _store.IsSwappedOut(new((ulong)page))));
        Assert.Equal([0x10UL, 0x11, 0x12, 0x13, 0x14, 0x15], Enumerable.Range(0, 6).Select(page => Load((ulong)page)));
        Assert.False(_store.IsSwappedOut(default));
    }

    [Fact]
    public void The_order_in_which_pages_were_written_out_leaves_no_trace()
    {
        var before = _machine.WriteState().ToArray();
        SwapOut(4, 1, 2);
        var first = _machine.Fingerprint();
        _machine.ReadState(before);

        SwapOut(1, 2, 4);

        Assert.Equal(first, _machine.Fingerprint());
    }

    private void SwapOut(params ulong[] pages)
    {
        foreach (var page in pages)
        {
            Assert.True(_store.SwapOut(new(page)).IsSuccess);
        }
    }

    private ulong Load(ulong page)
    {
        Assert.Equal(HostFault.None, _process.Load(new((0x100 + page) << 12), 8, out var value));
        return value;
    }
}
