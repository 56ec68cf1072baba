using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

public sealed class AttributeMapTests
{
    private const ulong Frames = 4 * 512;
    private const ulong Gig = 1UL << 18;

    private static readonly Gen<(ulong Start, ulong Count, bool IsPrivate)> Changes =
        from start in Gen.OneOf(Sequences.Below(Frames), Gen.Elements(0UL, 511UL, 512UL, 513UL, 1024UL))
        from count in Gen.OneOf(Sequences.Below(4), Gen.Elements(511UL, 512UL, 513UL))
        from isPrivate in Gen.Elements(true, false)
        select (start, Math.Min(count, Frames - start), isPrivate);

    [Fact]
    public void Every_frame_has_the_attributes_last_set() => Holds((map, naive) =>
    {
        for (var gfn = new Gfn(0); gfn.Value < Frames; gfn += 1)
        {
            Assert.Equal(naive[gfn.Value], map[gfn] == MemoryAttributes.Private);
            Assert.Equal(naive[gfn.Value] ? PageKind.Private : PageKind.Shared, map.KindOf(gfn));
        }
    });

    // systems.md 1.2, mixed 2M tracking: read off the runs, equal to looking at every frame.
    [Fact]
    public void A_block_is_uniform_when_each_frame_of_it_has_the_same_attributes() => Holds((map, naive) =>
    {
        for (var start = 0UL; start < Frames; start += 128)
        {
            for (var count = 0UL; start + count <= Frames; count += 256)
            {
                var block = new GfnRange(new(start), count);
                var frames = naive.Skip((int)start).Take((int)count).Distinct().ToArray();
                Assert.Equal(frames.Length <= 1, map.IsUniform(block));
                Assert.Equal(frames is [] or [true], map.HasAll(block, MemoryAttributes.Private));
                Assert.Equal(frames is [] or [false], map.HasAll(block, MemoryAttributes.None));
            }
        }
    });

    [Fact]
    public void One_frame_makes_its_gigabyte_mixed_and_no_other()
    {
        var map = new AttributeMap();
        map.Set(new(new(Gig + 12345), 1), MemoryAttributes.Private);

        Assert.True(map.IsUniform(new(new(0), Gig)));
        Assert.False(map.IsUniform(new(new(Gig), Gig)));
        Assert.True(map.IsUniform(new(new(2 * Gig), Gig)));
        Assert.False(map.IsUniform(new(new(Gig + 12288), 512)));
        Assert.True(map.IsUniform(new(new(Gig + 12288 + 512), 512)));
    }

    [Fact]
    public void A_terabyte_is_one_run()
    {
        var map = new AttributeMap();
        map.Set(new(new(0), 1UL << 28), MemoryAttributes.Private);
        map.Set(new(new(77), 1), MemoryAttributes.None);
        map.Set(new(new(77), 1), MemoryAttributes.Private);

        Assert.Equal(1, map.Runs.Length);
    }

    // What is past the point of no return cannot fail: after the reserve a set allocates nothing.
    [Fact]
    public void A_set_after_its_reserve_allocates_nothing()
    {
        var map = new AttributeMap();
        for (var gfn = 0UL; gfn < 40; gfn += 2)
        {
            map.Reserve();
            var before = GC.GetAllocatedBytesForCurrentThread();
            map.Set(new(new(gfn), 1), MemoryAttributes.Private);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }

        map.Set(new(new(0), 40), MemoryAttributes.Private);
        map.Reserve();
        var middle = GC.GetAllocatedBytesForCurrentThread();
        map.Set(new(new(20), 1), MemoryAttributes.None);
        Assert.Equal(middle, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Holds(Action<AttributeMap, bool[]> fact) => Sequences.Of(Changes).Check(150, changes =>
    {
        var map = new AttributeMap();
        var naive = new bool[Frames];
        foreach (var (start, count, isPrivate) in changes)
        {
            map.Set(new(new(start), count), isPrivate ? MemoryAttributes.Private : MemoryAttributes.None);
            naive.AsSpan((int)start, (int)count).Fill(isPrivate);
        }

        fact(map, naive);
    });
}
