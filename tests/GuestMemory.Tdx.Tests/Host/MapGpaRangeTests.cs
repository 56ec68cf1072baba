using Xunit;

namespace GuestMemory.Tdx.Tests.Host;

public sealed class MapGpaRangeTests
{
    private const ulong Half = 1UL << 47;

    [Theory]
    [InlineData(0UL, Half, false, null)]
    [InlineData(Half, Half, false, null)]
    [InlineData(Half, Half + 4096, false, "MAPGPA/range")]
    [InlineData(Half - 4096, 8192UL, false, "MAPGPA/range")]
    [InlineData(Half - 4096, 8192UL, true, null)]
    [InlineData(2 * Half, 4096UL, false, "MAPGPA/range")]
    [InlineData(2 * Half, 4096UL, true, null)]
    [InlineData(16 * Half, 16 * Half, true, null)]
    [InlineData((16 * Half) - 4096, 8192UL, true, "MAPGPA/range")]
    [InlineData(0x2000UL, 0xffff_ffff_ffff_f000, false, "MAPGPA/range")]
    [InlineData(0x2000UL, 0UL, false, "MAPGPA/range")]
    [InlineData(0UL, 0UL, false, "MAPGPA/range")]
    [InlineData(0x2000UL, 1UL, false, "MAPGPA/align")]
    [InlineData(0x2001UL, 4096UL, false, "MAPGPA/align")]
    public void A_range_is_whole_pages_on_one_side_of_the_shared_bit(ulong gpa, ulong size, bool isWide, string? refusal)
    {
        var call = new MapGpaCall(gpa, size, isWide);
        Assert.Equal(refusal, MapGpaChecks.Checks.Decide(ref call, RuleSwitches.AllOn)?.Id);
    }

    [Fact]
    public void A_TD_promises_what_its_memory_keeps()
    {
        var traits = TdxVm.Instance.Traits;
        Assert.Equal((true, false, false, true), (traits.HasPrivateMemory, traits.HasSystemManagementMode, traits.PrivateBytesSurviveUnmap, traits.SharedIsAnotherAddress));
    }

    // Linux: the PAMT is 16 bytes a page of each size, at the end of the memory it describes.
    [Theory]
    [InlineData(0x8000UL, 0x7f7dUL, 0x4_0000UL)]
    [InlineData(0x8001UL, 0x7f7dUL, 0x4_0000UL)]
    [InlineData(0x4_0000UL, 0x3_fbfdUL, 0x4_0000UL)]
    [InlineData(0x4_0001UL, 0x3_fbfaUL, 0x8_0000UL)]
    public void The_module_describes_the_machines_memory_in_whole_gibibytes(ulong frames, ulong firstReserved, ulong end)
    {
        var tdmr = Assert.Single(new KvmTdx(frames: frames).Module.Platform.Tdmrs);
        Assert.Equal((0UL, end << 12), (tdmr.Start.Value, tdmr.Size));
        Assert.Equal(PfnRange.FromBounds(new(firstReserved), new(end)), Assert.Single(tdmr.ReservedAreas));
    }
}
