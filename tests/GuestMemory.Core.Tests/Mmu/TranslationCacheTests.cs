using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

public sealed class TranslationCacheTests
{
    private static readonly Gen<(int Call, int Vcpu, ulong Gfn, ulong Frame)> Steps =
        from call in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3)))
        from vcpu in Gen.Choose(0, 2)
        from gfn in Sequences.Below(6)
        from frame in Sequences.Below(4)
        select (call, vcpu, gfn, frame);

    [Fact]
    public void A_cache_holds_what_a_dictionary_given_the_same_calls_holds() => Sequences.Of(Steps).Check(300, steps =>
    {
        var cache = new TranslationCache(enabled: true);
        var naive = new SortedDictionary<(int Vcpu, ulong Gfn), Translation>();
        foreach (var (call, vcpu, gfn, frame) in steps)
        {
            Apply(cache, naive, call, vcpu, gfn, new(new(frame), PageSize.Size4K, PageKind.Shared, Writable: true));
        }

        Assert.Equal(naive.Select(entry => new CachedTranslation(entry.Key.Vcpu, new(entry.Key.Gfn), entry.Value)), cache.Entries);
        Assert.All(naive, entry => Assert.True(cache.TryUse(entry.Key.Vcpu, new(entry.Key.Gfn), out var used) && used == entry.Value));
        Assert.False(cache.TryUse(3, new(0), out _));
    });

    [Fact]
    public void A_cache_that_is_off_holds_nothing()
    {
        var cache = new TranslationCache(enabled: false);
        cache.Fill(0, new(1), new(new(2), PageSize.Size4K, PageKind.Shared, Writable: true));

        Assert.False(cache.TryUse(0, new(1), out _));
        Assert.Empty(cache.Entries);
    }

    // The bytes of an entry are those of a leaf of one page.
    [Fact]
    public void Entries_read_back_take_the_place_of_all_there_was()
    {
        var cache = new TranslationCache(enabled: true);
        cache.Fill(1, new(0), new(new(2), PageSize.Size4K, PageKind.Shared, Writable: true));
        cache.Fill(2, new(5), new(new(7), PageSize.Size2M, PageKind.Private, Writable: false));
        var kept = cache.Entries.ToArray();
        var writer = new StateWriter([]);
        cache.WriteState(ref writer);
        cache.Fill(0, new(9), kept[0].Translation);

        StateReader.ReadWhole(writer.Written, cache);

        Assert.Equal(kept, cache.Entries);
        var reader = new StateReader(writer.Written);
        Assert.Equal((2, 1, 0UL, 1UL), (reader.Count(), reader.Int32(), reader.UInt64(), reader.UInt64()));
    }

    private static void Apply(TranslationCache cache, SortedDictionary<(int Vcpu, ulong Gfn), Translation> naive, int call, int vcpu, ulong gfn, Translation translation)
    {
        switch (call)
        {
            case 0:
                cache.Fill(vcpu, new(gfn), translation);
                naive[(vcpu, gfn)] = translation;
                break;
            case 1:
                cache.Drop(new(new(gfn), 2));
                Keep(naive, entry => entry.Key.Gfn != gfn && entry.Key.Gfn != gfn + 1);
                break;
            case 2:
                cache.DropFrames(new(translation.Frame, 2));
                Keep(naive, entry => entry.Value.Frame != translation.Frame && entry.Value.Frame != translation.Frame + 1);
                break;
            default:
                cache.DropAll(vcpu);
                Keep(naive, entry => entry.Key.Vcpu != vcpu);
                break;
        }
    }

    private static void Keep(SortedDictionary<(int Vcpu, ulong Gfn), Translation> naive, Func<KeyValuePair<(int Vcpu, ulong Gfn), Translation>, bool> keeps)
    {
        foreach (var (key, _) in naive.Where(entry => !keeps(entry)).ToArray())
        {
            naive.Remove(key);
        }
    }
}
