using Xunit;

namespace GuestMemory.Tests;

public sealed class ReservedFramesTests
{
    private readonly Machine _machine = new MachineFactory(new() { Frames = 64 }).Create();

    [Fact]
    public void Reserved_frames_are_given_to_nobody()
    {
        _machine.Frames.Reserve(new(new(1), 62), FramePurpose.Firmware);

        Assert.True(_machine.Frames.TryTake(new(0, 8, FramePurpose.Guest), out var taken));
        Assert.Equal(new PfnRange(new(63), 1), taken);
        Assert.False(_machine.Frames.TryTake(new(0, 1, FramePurpose.Guest), out _));
    }

    [Theory]
    [InlineData(0UL, 1UL)]
    [InlineData(60UL, 5UL)]
    public void What_is_in_use_or_beyond_the_machine_is_not_reserved(ulong start, ulong count)
    {
        Assert.Throws<ArgumentException>(() => _machine.Frames.Reserve(new(new(start), count), FramePurpose.Firmware));
        Assert.Equal(1UL, _machine.Frames.CountOf(FrameState.InUse));
    }
}
