using Xunit;

namespace GuestMemory.Rmp.Tests.Guests;

public sealed class NestedMapTests
{
    [Fact]
    public void A_large_leaf_leads_each_of_its_frames_to_its_own()
    {
        var map = new NestedMap();
        map.Map(SnpWorld.G().Frame, new(SnpWorld.H(), PageSize.Size2M));

        Assert.True(map.TryTranslate(SnpWorld.G(511) + 5, out var frame, out var size));
        Assert.Equal((SnpWorld.H(511), PageSize.Size2M), (frame, size));
        Assert.False(map.TryTranslate(SnpWorld.G(512), out _, out _));
    }

    [Fact]
    public void A_new_leaf_takes_the_place_of_all_it_meets()
    {
        var map = new NestedMap();
        map.Map(SnpWorld.G(1).Frame, new(SnpWorld.Y(1), PageSize.Size4K));
        map.Map(SnpWorld.G(513).Frame, new(SnpWorld.Y(2), PageSize.Size4K));
        map.Map(SnpWorld.G().Frame, new(SnpWorld.H(), PageSize.Size2M));
        Assert.Equal(2, map.Leaves.Count);

        map.Map(SnpWorld.G(7).Frame, new(SnpWorld.Y(7), PageSize.Size4K));
        Assert.False(map.TryTranslate(SnpWorld.G(6), out _, out _));
        Assert.True(map.TryTranslate(SnpWorld.G(7), out var frame, out _));
        Assert.Equal(SnpWorld.Y(7), frame);
        Assert.True(map.TryTranslate(SnpWorld.G(513), out _, out _));
    }

    [Fact]
    public void A_leaf_begins_at_a_multiple_of_its_size()
    {
        var map = new NestedMap();
        Assert.Throws<ArgumentException>(() => map.Map(SnpWorld.G(1).Frame, new(SnpWorld.H(), PageSize.Size2M)));
        Assert.Empty(map.Leaves);
    }

    [Fact]
    public void Equal_maps_write_equal_bytes_and_come_back()
    {
        var (one, other) = (new NestedMap(), new NestedMap());
        one.Map(new(3), new(new(7), PageSize.Size4K));
        one.Map(new(512), new(new(1024), PageSize.Size2M));
        other.Map(new(512), new(new(1024), PageSize.Size2M));
        other.Map(new(3), new(new(7), PageSize.Size4K));
        Assert.Equal(GuestWorld.StateOf(one), GuestWorld.StateOf(other));

        var back = new NestedMap();
        StateReader.ReadWhole(GuestWorld.StateOf(one), back);
        Assert.Equal(one.Leaves, back.Leaves);
    }
}
