using Xunit;

namespace GuestMemory.Tests;

public sealed class VcpuExitTests
{
    [Theory]
    [InlineData(true, 8UL)]
    [InlineData(false, 0UL)]
    public void A_memory_fault_says_the_page_and_the_kind_of_access(bool isPrivate, ulong flags)
    {
        var rule = new Rule("T/fault", "test", "nothing");

        var exit = VcpuExit.MemoryFault(Errno.EFAULT, new(0x123), isPrivate, rule);

        Assert.Equal((ExitReason.MemoryFault, Errno.EFAULT, rule), (exit.Reason, exit.Errno, exit.DecidedBy));
        Assert.Equal((new Gpa(0x12_3000), 4096UL, flags), (exit.Gpa, exit.Size, exit.Flags));
    }

    [Fact]
    public void Device_memory_comes_in_as_many_fragments_as_were_delivered()
    {
        var fragments = default(MmioFragments);
        fragments[0] = new(new(0x1000), 8, IsWrite: true, 7);
        fragments[1] = new(new(0x2000), 4, IsWrite: false, 0);
        fragments[2] = new(new(0x3000), 4, IsWrite: false, 0);

        var exit = VcpuExit.DeviceMemory(fragments, 2);

        Assert.Equal(2, exit.FragmentCount);
        Assert.Equal([fragments[0], fragments[1]], [exit.Fragment(0), exit.Fragment(1)]);
        Assert.Equal("index", Assert.Throws<ArgumentOutOfRangeException>(() => exit.Fragment(2)).ParamName);
    }
}
