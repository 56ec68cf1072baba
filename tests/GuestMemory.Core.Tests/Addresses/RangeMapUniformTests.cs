using Xunit;

namespace GuestMemory.Tests;

public sealed class RangeMapUniformTests
{
    private static readonly Mapped s_low = new(new Pfn(0x102), Writable: false);
    private static readonly Mapped s_high = new(new Pfn(0x206), Writable: true);

    // Keys 2 to 5 map to 0x102 and on, keys 6 and 7 to 0x206 and 0x207.
    [Theory]
    [InlineData(2, 6, 0x102, false, true)]
    [InlineData(3, 5, 0x103, false, true)]
    [InlineData(6, 8, 0x206, true, true)]
    [InlineData(7, 8, 0x207, true, true)]
    [InlineData(3, 5, 0x102, false, false)]
    [InlineData(2, 6, 0x102, true, false)]
    [InlineData(2, 7, 0x102, false, false)]
    [InlineData(6, 9, 0x206, true, false)]
    [InlineData(1, 3, 0x101, false, false)]
    [InlineData(0, 1, 0x100, false, false)]
    [InlineData(8, 9, 0x208, true, false)]
    public void A_range_is_uniform_when_one_run_goes_on_through_it(ulong start, ulong end, ulong frame, bool writable, bool uniform)
    {
        var map = new RangeMap<Mapped>();
        map.Set(2, 6, s_low);
        map.Set(6, 8, s_high);

        Assert.Equal(uniform, map.IsUniform(start, end, new(new Pfn(frame), writable)));
    }
}
