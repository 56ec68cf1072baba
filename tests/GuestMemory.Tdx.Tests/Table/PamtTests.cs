using Xunit;

namespace GuestMemory.Tdx.Tests.Table;

public sealed class PamtTests
{
    private static readonly Pfn s_first = new(0x40000);

    // tdx.md, 2.3: for each 4 KiB exactly one of the three entries describes it.
    [Fact]
    public void A_large_private_page_describes_every_page_in_it()
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs);
        pamt.Write(PageSize.Size2M, s_first + 0x400, new(PageType.Reg, s_first, 7));

        var entry = pamt.LookUp(s_first + 0x5ff, out var size);

        Assert.Equal((PageType.Reg, s_first, 7UL, PageSize.Size2M), (entry.Type, entry.Owner, entry.Bepoch, size));
        Assert.Equal(PageType.Nda, pamt.LookUp(s_first + 0x600, out _).Type);
    }

    [Fact]
    public void Splitting_and_merging_keeps_type_and_owner()
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs);
        pamt.Write(PageSize.Size2M, s_first, new(PageType.Reg, s_first + 9, 7));

        pamt.Split(PageSize.Size2M, s_first);
        Assert.Equal(new PamtEntry(PageType.Reg, s_first + 9, 0), pamt.LookUp(s_first + 511, out var size));
        Assert.Equal(PageSize.Size4K, size);
        Assert.False(pamt.IsFree2M(s_first));

        pamt.Merge(PageSize.Size2M, s_first);
        Assert.Equal(new PamtEntry(PageType.Reg, s_first + 9, 7), pamt.LookUp(s_first + 511, out size));
        Assert.Equal(PageSize.Size2M, size);
        Assert.True(pamt.IsFree2M(s_first));
    }

    [Fact]
    public void A_reserved_page_is_there_before_anything_is_touched_and_after()
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs);
        Assert.Equal(PageType.Rsvd, pamt.LookUp(new(0x500ff), out _).Type);
        Assert.False(pamt.IsFree2M(new(0x50000)));

        pamt.Write(PageSize.Size4K, new(0x50100), new(PageType.Tdr, default, 0));

        Assert.Equal(PageType.Rsvd, pamt.LookUp(new(0x500ff), out _).Type);
        Assert.Equal(PageType.Tdr, pamt.LookUp(new(0x50100), out _).Type);
        Assert.Equal(PageType.Nda, pamt.LookUp(new(0x50101), out _).Type);
    }

    [Fact]
    public void A_block_is_usable_once_it_is_initialised_whole()
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs, initialized: false);
        for (var chunk = 0; chunk < 255; chunk++)
        {
            Assert.Equal(new Spa(TdxWorld.FirstTdmr), pamt.Initialize(new(TdxWorld.FirstTdmr)));
        }

        Assert.False(pamt.IsKnown(s_first));
        Assert.Equal(new Spa(0x80000000), pamt.Initialize(new(TdxWorld.FirstTdmr)));
        Assert.True(pamt.IsKnown(s_first));
        Assert.False(pamt.IsKnown(new(0x80000)));
    }

    // Who goes by what is alike must see what a look at every frame would show.
    [Fact]
    public void Frames_that_are_alike_have_one_type_and_what_is_used_one_owner()
    {
        var pamt = new Pamt(TdxWorld.Recorded.Tdmrs);
        var (root, start) = (new Pfn(0x40001), new Spa(TdxWorld.FirstTdmr).Frame);
        pamt.Write(PageSize.Size4K, start + 0x203, new(PageType.Tdr, default, 0));
        pamt.Write(PageSize.Size4K, start + 0x205, new(PageType.Reg, root, 0));
        pamt.Write(PageSize.Size4K, start + 0x205, new(PageType.Nda, root, 0));
        pamt.Write(PageSize.Size2M, start + 0x400, new(PageType.Reg, root, 0));
        pamt.Write(PageSize.Size2M, start + 0x600, new(PageType.Reg, root + 9, 0));
        pamt.Write(PageSize.Size1G, new Spa(TdxWorld.SecondTdmr).Frame, new(PageType.Reg, root, 0));
        Pfn[] firsts = [new(0x3fe00), start, new(0x4fe00), new(0x7f800)];
        foreach (var frame in firsts.SelectMany(first => Enumerable.Range(0, 0x900).Select(offset => first + (ulong)offset)))
        {
            var entry = pamt.LookUpAlike(frame, out var alike);
            Assert.Equal(pamt.LookUp(frame, out _), entry);
            for (var next = frame; next < frame + alike; next += 1)
            {
                var other = pamt.LookUp(next, out _);
                Assert.Equal((frame, entry.Type), (frame, other.Type));
                Assert.True(!entry.IsUsed || entry.Owner == other.Owner, $"{frame}, {next}");
            }
        }

        Pfn[] examples = [start, start + 0x203, start + 0x410, new(0x100_0000), new Spa(TdxWorld.SecondTdmr).Frame];
        Assert.Equal([0x200UL, 1, 0x1f0, 1, 0x4_0000], Array.ConvertAll(examples, frame => Alike(pamt, frame)));
    }

    private static ulong Alike(Pamt pamt, Pfn frame)
    {
        pamt.LookUpAlike(frame, out var alike);
        return alike;
    }
}
