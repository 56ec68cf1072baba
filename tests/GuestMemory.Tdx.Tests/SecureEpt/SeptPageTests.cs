using GuestMemory.Tdx.Tests.Memory;
using Xunit;

namespace GuestMemory.Tdx.Tests.SecureEpt;

public sealed class SeptPageTests
{
    // tdx.md, 4.1: a new page of tables is 512 free entries.
    [Fact]
    public void A_new_page_is_512_free_entries()
    {
        var page = new SeptPage(new(0x40010), SeptLevel.Pt);

        Assert.Equal(512, page.Words.Count(0x80e0000000000000));
        Assert.Equal(0, page.InUse);
    }

    // tdx.md, 8: DEMOTE fills the new page with 512 leaves in a row.
    [Theory]
    [InlineData(SeptLevel.Pt, 0x1000UL)]
    [InlineData(SeptLevel.Pd, 0x20_0000UL)]
    public void Leaves_lie_in_a_row(SeptLevel level, ulong step)
    {
        var page = new SeptPage(new(0x40010), level);
        page.FillLeaves(SeptEntry.Leaf(SeptEntryState.Mapped, new(0x100000), SeptEntry.ReadWriteExecute));

        Assert.Equal(512, page.InUse);
        Assert.Equal(0x80000001000000f7 + step, page[1].Raw);
        Assert.Equal(0x80000001000000f7 + (511 * step), page[511].Raw);
    }

    // tdx-recordings, s31: a page that is no table any more holds what its entries were.
    [Fact]
    public void Every_page_of_a_tree_can_be_left_in_memory()
    {
        var world = new MemoryWorld();
        world.Aug(0x2000, MemoryWorld.P);
        Assert.Equal(4, world.Td.Sept!.Pages().Count());

        SeptSteps.SpillAll(world.Module.State, world.Td.Sept, ContentKey.None);

        Assert.Equal(0x800000004000d007, world.Word(world.Td.Sept.Root.Address.Value));
        Assert.Equal(0x800000004000e007, world.Word(MemoryWorld.Pml4Table));
        Assert.Equal(0x800000004000f007, world.Word(MemoryWorld.PdptTable));
        Assert.Equal(0x81000000404000f0, world.Word(MemoryWorld.PdTable + 16));
        Assert.Equal(0x80e0000000000000, world.Word(MemoryWorld.PdTable + 8));
    }

    [Fact]
    public void A_tree_read_back_is_the_same_tree()
    {
        var world = new MemoryWorld();
        world.Aug(0x2000, MemoryWorld.P);
        world.Aug(0x200001, MemoryWorld.H);
        world.BlockAndTrack(0x200001);
        world.Demote(0x200001);
        var writer = new StateWriter([]);
        world.Td.Sept!.WriteState(ref writer);
        var bytes = writer.Written.ToArray();

        var reader = new StateReader(bytes);
        var read = Tdx.SecureEpt.Read(ref reader);

        var again = new StateWriter([]);
        read.WriteState(ref again);
        Assert.Equal(bytes, again.Written.ToArray());
        Assert.Equal(world.Td.Sept.Rows(), read.Rows());
        Assert.Equal(512, read.Walk(new Gpa(0x200000).Frame, SeptLevel.Pt).Page.InUse);
    }
}
