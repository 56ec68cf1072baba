using GuestMemory.Rmp.Tests.Guests;
using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Legacy;

public sealed class DirtyCacheTests
{
    // apm2, 15.34.9: lines of another key are not found by the host's accesses; they land later.
    [Fact]
    public void A_page_used_again_without_a_flush_is_overwritten_by_its_former_guest()
    {
        var world = new LegacyWorld(hasDirtyCache: true);
        Assert.Equal(default, world.Guest.Write(G(5), 7));
        Assert.Equal((GuestAnswer.Done(7), 0UL), (world.Guest.Read(G(5)), world.HostRead(H(5))));

        world.HostWrite(H(5), 0x1234);
        Assert.Equal(0x1234UL, world.HostRead(H(5)));
        Assert.Equal(1, world.Cache?.Evict(H(5)));
        Assert.NotEqual(0x1234UL, world.HostRead(H(5)));
    }

    [Fact]
    public void Flushed_before_it_is_used_again_it_keeps_what_the_host_writes()
    {
        var world = new LegacyWorld(hasDirtyCache: true);
        Assert.Equal(default, world.Guest.Write(G(5), 7));
        world.Firmware.Wbinvd();
        Assert.Equal(0, world.Cache?.Lines);
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));

        world.HostWrite(H(5), 0x1234);
        Assert.Equal(0, world.Cache?.Evict(H(5)));
        Assert.Equal(0x1234UL, world.HostRead(H(5)));
    }

    [Fact]
    public void Bytes_of_a_line_are_read_back_as_written_and_its_others_as_they_were()
    {
        var contents = new FrameContents();
        var (cache, key) = (new DirtyCache(contents), new ContentKey(5));
        var at = H(5).Address + 60;
        contents.Write(H(5).Address + 56, 8, 0x1122_3344_5566_7788, key);
        cache.Write(at, 8, 0xaabb_ccdd_eeff_0011, key);

        Assert.Equal((2, 0xaabb_ccdd_eeff_0011UL), (cache.Lines, cache.Read(at, 8, key)));
        Assert.Equal(0xeeff_0011_5566_7788UL, cache.Read(H(5).Address + 56, 8, key));
        Assert.Equal(0x1122_3344_5566_7788UL, contents.Read(H(5).Address + 56, 8, key));
        Assert.Equal(2, cache.Flush());
        Assert.Equal(0xaabb_ccdd_eeff_0011UL, contents.Read(H(5).Address + 60, 8, key));
        Assert.Throws<ArgumentException>(() => cache.Write(H(5).Address + 4092, 8, 0, key));
    }

    [Fact]
    public void Its_state_comes_back()
    {
        var (contents, key) = (new FrameContents(), new ContentKey(5));
        var (cache, back) = (new DirtyCache(contents), new DirtyCache(contents));
        cache.Write(H(5).Address, 8, 7, key);
        StateReader.ReadWhole(GuestWorld.StateOf(cache), back);
        Assert.Equal(7UL, back.Read(H(5).Address, 8, key));
        Assert.Equal(GuestWorld.StateOf(cache), GuestWorld.StateOf(back));
    }
}
