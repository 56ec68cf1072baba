using Xunit;

namespace GuestMemory.Rmp.Tests.Table;

public sealed class TableTests
{
    private static readonly RmpEntry s_page = new() { Assigned = true, Asid = new(5), Gpa = new(0x8000_0000), Validated = true };

    // sev-snp scenario 56: a sub-entry of a live 2M page says nothing by itself but that it is assigned.
    [Fact]
    public void A_sub_entry_looks_like_Reclaim_by_itself_and_is_the_heads_when_resolved()
    {
        var world = new SnpWorld();
        world.GiveLarge(SnpWorld.H(), SnpWorld.G());

        Assert.Equal(new RmpEntry { Assigned = true }, world.Table.Raw(SnpWorld.H(3)));
        Assert.Equal(RmpPageState.Reclaim, world.Table.Raw(SnpWorld.H(3)).State);
        var resolved = world.Table.Resolve(SnpWorld.H(3));
        Assert.Equal((RmpPageState.GuestValid, SnpWorld.A, SnpWorld.G(3), PageSize.Size2M), (resolved.State, resolved.Asid, resolved.Gpa, resolved.Size));
        Assert.Equal(RmpPageState.GuestValid, world.StateOf(SnpWorld.H(3)));
    }

    // A 2M page of the firmware's has no guest address: each of its pages is Firmware, and none the metadata page of a low address.
    [Fact]
    public void Every_page_of_a_large_firmware_page_is_the_firmwares()
    {
        var world = new SnpWorld();
        world.ToFirmware(SnpWorld.H(), PageSize.Size2M);
        world.Platform.RmpUpdate(new(SnpWorld.Y().Address, Assigned: true, IsLarge: true));

        Assert.All(Enumerable.Range(0, 512), page => Assert.Equal(RmpPageState.Firmware, world.StateOf(SnpWorld.H((ulong)page))));
        Assert.True(world.Platform.Psmash(SnpWorld.Y().Address).IsSuccess);
        Assert.All(Enumerable.Range(0, 512), page => Assert.Equal((RmpPageState.Reclaim, default), (world.StateOf(SnpWorld.Y((ulong)page)), world.Table.Raw(SnpWorld.Y((ulong)page)).Gpa)));
    }

    // INV-SNP-8: what is inside a live 2M page has no entry of its own; writing one is this library's own error.
    [Fact]
    public void Writing_an_entry_inside_a_live_large_page_breaks_an_invariant()
    {
        var table = Create();
        table.WriteLarge(default, s_page);

        var broken = Assert.Throws<ModelInvariantException>(() => table.Write(new(3), s_page));

        Assert.Equal("INV-SNP-8", broken.Invariant);
    }

    // apm2, 15.36.5: a frame without an entry is the hypervisor's for ever; nothing there is a state of the table.
    [Fact]
    public void A_frame_without_an_entry_is_Default()
    {
        var table = Create();

        Assert.Equal(RmpPageState.Hypervisor, table.StateOf(new((1 << 18) - 1)));
        Assert.Equal(RmpPageState.Default, table.StateOf(new(1 << 18)));
        Assert.Equal(RmpPageState.Default, table.StateOf(new(ulong.MaxValue)));
        Assert.Equal(default, table.Raw(new(1 << 18)));
        Assert.Equal(0, table.AssignedIn2M(new(1 << 18)));
    }

    [Fact]
    public void A_table_needs_its_coverage() => Assert.Throws<ArgumentNullException>("coverage", () => new ReverseMapTable(null!));

    // Memory, not time: the worst case is every page unlike its neighbour.
    [Fact]
    public void Where_every_page_differs_a_page_costs_at_most_24_bytes()
    {
        const ulong pages = 64 * 512;
        var table = Create();
        table.Write(default, s_page);
        table.Clear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var page = 0UL; page < pages; page++)
        {
            table.Write(new(page), s_page with { Asid = new(1 + (uint)(page % 2)), Gpa = new((pages - page) << 12) });
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)pages;
        Assert.InRange(each, 16, 24);
    }

    [Fact]
    public void Whole_large_pages_cost_no_entries_of_their_own()
    {
        var table = Create();
        table.WriteLarge(default, s_page);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var block = 0UL; block < 500; block++)
        {
            table.WriteLarge(new(block * 512), s_page);
            table.Smash(new(block * 512));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(new byte[] { 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0, 2, 0, 0 })]
    [InlineData(new byte[] { 2 })]
    [InlineData(new byte[] { 0, 0 })]
    public void Bytes_that_are_no_table_are_refused(byte[] bytes) =>
        Assert.Throws<FormatException>(() => StateReader.ReadWhole(bytes, Create()));

    private static ReverseMapTable Create() => new(RmpCoverage.Segmented(30, [1]));
}
