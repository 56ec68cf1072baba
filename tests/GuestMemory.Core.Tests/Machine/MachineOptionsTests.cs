using Xunit;

namespace GuestMemory.Tests;

public sealed class MachineOptionsTests
{
    [Fact]
    public void What_is_out_of_range_is_refused_by_name()
    {
        Refuses("Frames is 1; it must be 2 to 2^40.", options => options.Frames = 1);
        Refuses("Frames is 1099511627777; it must be 2 to 2^40.", options => options.Frames = (1UL << 40) + 1);
        Refuses("FramesPerNode is 0; it must be at least 1.", options => options.FramesPerNode = 0);
        Refuses("FramesPerNode is 1; that makes too many nodes.", options => (options.Frames, options.FramesPerNode) = (1UL << 32, 1));
        Refuses("FramesPerNode is 1; that makes too many nodes.", options => (options.Frames, options.FramesPerNode) = (int.MaxValue, 1));
        Refuses("FrameChoice is missing.", options => options.FrameChoice = null!);
        Refuses("Rules is missing.", options => options.Rules = null!);
        Refuses("Enforcement is 7, which is no such choice.", options => options.Enforcement = (Enforcement)7);
        Refuses("LargestMapping is 7, which is no page size.", options => options.LargestMapping = (PageSize)7);
    }

    [Fact]
    public void The_ends_of_the_ranges_are_allowed()
    {
        new MachineOptions { Frames = 2, FramesPerNode = 1 }.Freeze();
        new MachineOptions { Frames = int.MaxValue - 1, FramesPerNode = 1 }.Freeze();
        new MachineOptions { Frames = 1UL << 40, FramesPerNode = ulong.MaxValue }.Freeze();
    }

    [Fact]
    public void Options_in_use_do_not_change()
    {
        var options = new MachineOptions();
        var factory = new MachineFactory(options);

        Assert.Same(options, factory.Options);
        Assert.Throws<InvalidOperationException>(() => options.Frames = 4);
        Assert.Throws<InvalidOperationException>(() => options.CachesTranslations = true);
        Assert.Same(options, options.Freeze());
    }

    [Fact]
    public void The_defaults_are_said_ones()
    {
        var options = new MachineOptions();

        Assert.Equal((1UL << 28, 1UL << 28, Enforcement.Enforce, false, PageSize.Size1G), (options.Frames, options.FramesPerNode, options.Enforcement, options.CachesTranslations, options.LargestMapping));
        Assert.Same(LowestFirst.Instance, options.FrameChoice);
        Assert.Same(RuleSwitches.AllOn, options.Rules);
        Assert.Null(options.OwnershipTable);
    }

    private static void Refuses(string message, Action<MachineOptions> change)
    {
        var options = new MachineOptions();
        change(options);
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new MachineFactory(options)).Message);
    }
}
