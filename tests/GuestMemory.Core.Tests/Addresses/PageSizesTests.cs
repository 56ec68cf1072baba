using Xunit;

namespace GuestMemory.Tests;

public sealed class PageSizesTests
{
    [Fact]
    public void There_are_three_sizes() => Assert.Equal(3, Enum.GetValues<PageSize>().Length);

    [Theory]
    [InlineData(PageSize.Size4K, 1UL, 4096UL, 0)]
    [InlineData(PageSize.Size2M, 512UL, 2097152UL, 9)]
    [InlineData(PageSize.Size1G, 262144UL, 1073741824UL, 18)]
    public void A_size_has_frames_bytes_and_an_order(PageSize size, ulong frames, ulong bytes, int order)
    {
        Assert.Equal(frames, size.FrameCount());
        Assert.Equal(bytes, size.Bytes());
        Assert.Equal(order, size.Order());
        Assert.Equal(size, PageSizes.FromOrder(order));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void An_undefined_size_is_refused(int number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ((PageSize)number).FrameCount());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((PageSize)number).Bytes());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((PageSize)number).Order());
    }

    [Theory]
    [InlineData(8, PageSize.Size4K)]
    [InlineData(17, PageSize.Size2M)]
    [InlineData(int.MaxValue, PageSize.Size1G)]
    public void An_order_between_two_sizes_gives_the_smaller(int order, PageSize size) =>
        Assert.Equal(size, PageSizes.FromOrder(order));

    [Fact]
    public void A_negative_order_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PageSizes.FromOrder(-1));
}
