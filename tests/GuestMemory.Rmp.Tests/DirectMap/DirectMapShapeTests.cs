using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.DirectMap;

/// <summary>The map as it begins, and as bytes.</summary>
public sealed class DirectMapShapeTests
{
    [Fact]
    public void It_begins_as_1G_entries_without_the_tables_own_blocks()
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnFault);
        var own = host.Table.Coverage.OwnPages.Single();

        // The table begins in the middle of a block; the pages before it in that block are reserved with it.
        Assert.False(own.Start.IsAligned(PageSize.Size2M));
        var reserved = own.Start.AlignDown(PageSize.Size2M);
        Assert.Equal((PageSize.Size1G, PageSize.Size1G), (host.Mapping(default), host.Mapping(H())));
        Assert.Equal((PageSize.Size2M, null, null), (host.Mapping(new(reserved.Value - 1)), host.Mapping(reserved), host.Mapping(new(Frames - 1))));
        Assert.Equal(default, host.Map.Counters);
        Assert.Null(DirectMapInvariants.FindMixedBlock(host.Map, host.Table));
        Assert.Null(DirectMapInvariants.FindExposedPage(host.Map, host.Table));
    }

    // linux-sev-host: what is reserved beside the table stays unmapped, whatever becomes of it there.
    [Fact]
    public void No_update_maps_a_page_beside_the_table()
    {
        foreach (var policy in DirectMapPolicies.All)
        {
            var host = new DirectMapWorld(policy);
            var beside = host.Table.Coverage.OwnPages.Single().Start.AlignDown(PageSize.Size2M);
            Assert.Equal(RmpStatus.Success, host.Assign(beside, G()));
            Assert.Equal(RmpStatus.Success, host.Share(beside));

            Assert.Null(host.Mapping(beside));
            Assert.Equal(default, host.Map.Counters);
        }
    }

    // A machine that ends within a 2M block: that block is mapped by 4K entries, its gigabyte by 2M ones, and neither is ever merged.
    [Fact]
    public void A_machine_that_ends_within_a_block_is_mapped_to_its_last_frame()
    {
        const ulong frames = (1UL << 18) + 512 + 100;
        var platform = new SnpPlatform(RmpCoverage.Flat(new(0x800_0000), new(0x8ff_ffff)));
        var map = new HostDirectMap(platform, new(default, frames), DirectMapPolicies.InSync);

        Assert.True(map.MappingOf(new((1UL << 18) + 511), out var whole));
        Assert.True(map.MappingOf(new(frames - 1), out var partial));
        Assert.Equal((PageSize.Size2M, PageSize.Size4K), (whole, partial));
        Assert.False(map.MappingOf(new(frames), out _));
        Assert.Equal(new DirectMapCounters() with { SmallEntries = 100, PeakSmallEntries = 100 }, map.Counters);

        map.AfterUnsmash(new(frames - 1));
        Assert.Equal(0UL, map.Counters.Merges);
    }

    [Fact]
    public void Bytes_that_are_no_state_of_such_a_map_are_refused()
    {
        var host = new DirectMapWorld(DirectMapPolicies.UnmapOnAssign);
        host.Assign(H(5), G(5));
        var bytes = host.MapState();
        var other = new HostDirectMap(host.World.Platform, new(default, Frames / 2), DirectMapPolicies.UnmapOnAssign);

        Assert.Throws<FormatException>(() => StateReader.ReadWhole(bytes.AsSpan()[..^1], host.Map));
        Assert.Throws<FormatException>(() => StateReader.ReadWhole(bytes, other));
        var form = Array.IndexOf(bytes, (byte)5);
        Assert.True(form > 0);
        foreach (var wrong in new byte[] { 4, 6, 8 })
        {
            bytes[form] = wrong;
            Assert.Throws<FormatException>(() => StateReader.ReadWhole(bytes, host.Map));
        }
    }

    [Fact]
    public void Values_say_what_they_are()
    {
        var counters = new DirectMapCounters() with
        {
            Splits = 2,
            Merges = 1,
            SmallEntries = 512,
            PeakSmallEntries = 1024,
            Faults = 3,
            Oopses = 1,
            TripleFaults = 1,
            TlbFlushes = 3,
        };

        Assert.Equal("2 splits, 1 merges, 512 4K entries (peak 1024), 3 faults (2 fatal), 3 TLB flushes", counters.ToString());
        Assert.Equal("Done", default(HostWriteResult).ToString());
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnFault);
        host.Assign(H(5), G(5));
        Assert.Equal("Oops: PageFault 0x80000003 at 0x40005000 [ACCESS/host/hypervisor-owned]", host.Map.Write(H(5), HostDataKind.PlainData).ToString());
    }
}
