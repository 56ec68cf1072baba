using Xunit;

namespace GuestMemory.Rmp.Tests.DirectMap;

/// <summary>Where the pages for save areas and for the firmware come from. Source: physmap-split, the proposal of a pool.</summary>
public sealed class FirmwarePlacementTests
{
    private static readonly PfnRange s_window = new(new(0x1_0000), 512);

    // From a pool of their own they share no 2M block with kernel data: nothing faults, though nothing is ever split.
    [Fact]
    public void From_a_buffer_pool_no_write_of_the_kernel_faults_and_nothing_is_split()
    {
        var host = Run(new BufferPool(s_window, FramePurpose.Firmware));

        Assert.Equal(default, host.Map.Counters);
        Assert.Equal(s_window.Start, DirectMapInvariants.FindMixedBlock(host.Map, host.Table));
    }

    // From anywhere they come to lie beside it, and what faults first decides whether the kernel lives.
    [Fact]
    public void From_anywhere_the_kernel_faults_beside_them()
    {
        foreach (var choice in new IFrameChoice[] { LowestFirst.Instance, Adversarial.Instance })
        {
            var counters = Run(choice).Map.Counters;

            Assert.True(counters is { Faults: > 0, DoubleFaults: > 0, TripleFaults: > 0 }, $"{choice}: {counters}");
        }
    }

    // A kernel's life: its own pages and the firmware's are taken in turn, and each of its own is written after every step.
    private static DirectMapWorld Run(IFrameChoice choice)
    {
        var host = new DirectMapWorld(DirectMapPolicies.SplitOnFault);
        var pool = new MachineFactory(new() { Frames = SnpWorld.Frames, FrameChoice = choice }).Create().Frames;
        var own = new List<(Pfn Frame, HostDataKind Kind)>();
        for (var turn = 0; turn < 60; turn++)
        {
            Assert.True(pool.TryTake(new(0, 1, FramePurpose.Firmware), out var given));
            Assert.Equal(RmpStatus.Success, host.ToFirmware(given.Start));
            Assert.True(pool.TryTake(new(0, 1, FramePurpose.Kernel), out var taken));
            own.Add((taken.Start, (turn % 3) switch { 0 => HostDataKind.Stack, 1 => HostDataKind.DescriptorTable, _ => HostDataKind.PlainData }));
            own.ForEach(page => host.Write(page.Frame, page.Kind));
        }

        return host;
    }
}
