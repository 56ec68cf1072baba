using Xunit;

namespace GuestMemory.Tests;

public sealed class PageIndexTests : AddressContract<PageIndex>
{
    protected override string Unit => "page";

    [Theory]
    [InlineData(0x1ffUL, PageSize.Size4K, 0x1ffUL)]
    [InlineData(0x1ffUL, PageSize.Size2M, 0x0UL)]
    [InlineData(0x200UL, PageSize.Size2M, 0x200UL)]
    [InlineData(0x3ffffUL, PageSize.Size1G, 0x0UL)]
    [InlineData(0x7ffffUL, PageSize.Size1G, 0x40000UL)]
    [InlineData(ulong.MaxValue, PageSize.Size2M, 0xfffffffffffffe00UL)]
    public void Aligning_down_goes_to_the_start_of_the_page(ulong number, PageSize size, ulong start)
    {
        Assert.Equal(new PageIndex(start), new PageIndex(number).AlignDown(size));
        Assert.True(new PageIndex(start).IsAligned(size));
        Assert.Equal(number == start, new PageIndex(number).IsAligned(size));
    }

    [Fact]
    public void An_undefined_size_has_no_alignment()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PageIndex(0).IsAligned((PageSize)3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PageIndex(0).AlignDown((PageSize)(-1)));
    }

    protected override PageIndex Make(ulong value) => new(value);

    protected override ulong NumberOf(PageIndex value) => value.Value;

    protected override PageIndex Add(PageIndex start, ulong count) => start + count;

    protected override ulong Subtract(PageIndex later, PageIndex start) => later - start;
}
