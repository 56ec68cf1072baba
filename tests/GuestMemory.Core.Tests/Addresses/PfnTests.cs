using Xunit;

namespace GuestMemory.Tests;

public sealed class PfnTests : AddressContract<Pfn>
{
    protected override string Unit => "pfn";

    [Fact]
    public void The_last_frame_with_an_address_is_2_to_the_52_minus_1()
    {
        Assert.Equal(new Spa(0xfffffffffffff000), new Pfn((1UL << 52) - 1).Address);
        Assert.Throws<OverflowException>(() => new Pfn(1UL << 52).Address);
    }

    [Theory]
    [InlineData(0x1ffUL, PageSize.Size4K, 0x1ffUL)]
    [InlineData(0x1ffUL, PageSize.Size2M, 0x0UL)]
    [InlineData(0x200UL, PageSize.Size2M, 0x200UL)]
    [InlineData(0x3ffffUL, PageSize.Size1G, 0x0UL)]
    [InlineData(0x7ffffUL, PageSize.Size1G, 0x40000UL)]
    [InlineData(ulong.MaxValue, PageSize.Size2M, 0xfffffffffffffe00UL)]
    public void Aligning_down_goes_to_the_start_of_the_page(ulong number, PageSize size, ulong start)
    {
        Assert.Equal(new Pfn(start), new Pfn(number).AlignDown(size));
        Assert.True(new Pfn(start).IsAligned(size));
        Assert.Equal(number == start, new Pfn(number).IsAligned(size));
    }

    [Fact]
    public void An_undefined_size_has_no_alignment()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pfn(0).IsAligned((PageSize)3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pfn(0).AlignDown((PageSize)(-1)));
    }

    protected override Pfn Make(ulong value) => new(value);

    protected override ulong NumberOf(Pfn value) => value.Value;

    protected override Pfn Add(Pfn start, ulong count) => start + count;

    protected override ulong Subtract(Pfn later, Pfn start) => later - start;
}
