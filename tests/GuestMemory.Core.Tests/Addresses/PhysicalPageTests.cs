using Xunit;

namespace GuestMemory.Tests;

public sealed class PhysicalPageTests
{
    [Fact]
    public void The_default_is_frame_0_at_4_KiB()
    {
        Assert.Equal(new PhysicalPage(new Pfn(0), PageSize.Size4K), default);
        Assert.Equal(new PfnRange(new Pfn(0), 1), default(PhysicalPage).Frames);
    }

    [Theory]
    [InlineData(0x1UL, PageSize.Size4K)]
    [InlineData(0x200UL, PageSize.Size2M)]
    [InlineData(0x40000UL, PageSize.Size1G)]
    public void A_page_starts_at_a_multiple_of_its_size(ulong start, PageSize size)
    {
        var page = new PhysicalPage(new Pfn(start), size);

        Assert.Equal(new Pfn(start), page.Start);
        Assert.Equal(size, page.Size);
        Assert.Equal(new PfnRange(new Pfn(start), size.FrameCount()), page.Frames);
    }

    [Theory]
    [InlineData(0x1ffUL, PageSize.Size2M)]
    [InlineData(0x201UL, PageSize.Size2M)]
    [InlineData(0x200UL, PageSize.Size1G)]
    public void A_misaligned_start_is_refused(ulong start, PageSize size) =>
        Assert.Throws<ArgumentException>(() => new PhysicalPage(new Pfn(start), size));

    [Fact]
    public void An_undefined_size_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PhysicalPage(new Pfn(0), (PageSize)3));

    [Fact]
    public void The_end_fits_64_bits_or_the_page_is_refused()
    {
        Assert.Equal(ulong.MaxValue, new PhysicalPage(new Pfn(ulong.MaxValue - 1), PageSize.Size4K).Frames.End.Value);
        Assert.Throws<OverflowException>(() => new PhysicalPage(new Pfn(ulong.MaxValue), PageSize.Size4K));
    }

    [Fact]
    public void Text_has_the_first_frame_and_the_size() =>
        Assert.Equal("pfn 0x200 (Size2M)", new PhysicalPage(new Pfn(0x200), PageSize.Size2M).ToString());
}
