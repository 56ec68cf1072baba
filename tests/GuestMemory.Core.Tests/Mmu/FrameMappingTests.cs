using Xunit;

namespace GuestMemory.Tests;

public sealed class FrameMappingTests
{
    [Fact]
    public void A_mapping_says_that_it_awaits_a_flush_only_when_it_does()
    {
        var mapping = new FrameMapping(new(MapperKind.HostProcess, 2), new(new(7), 1), 5, PageKind.Shared, AwaitsFlush: false);

        Assert.Equal($"host process 2 maps {new PfnRange(new(7), 1)} as Shared at page 0x5", mapping.ToString());
        Assert.Equal($"{mapping}, awaiting a flush", (mapping with { AwaitsFlush = true }).ToString());
    }
}
