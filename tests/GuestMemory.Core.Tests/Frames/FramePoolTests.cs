using Xunit;

namespace GuestMemory.Tests;

public sealed class FramePoolTests
{
    private readonly FramePool _pool = new MachineFactory(new() { Frames = 64, FramesPerNode = 16 }).Create().Frames;

    [Fact]
    public void Frame_0_is_the_zero_page_and_never_given_out()
    {
        Assert.Equal(FrameState.InUse, _pool[FramePool.ZeroFrame]);
        Assert.True(_pool.TryTake(new(0, 1000, FramePurpose.Guest), out var all));
        Assert.Equal(new(new(1), 63), all);
        Assert.False(_pool.TryTake(new(0, 1, FramePurpose.Guest), out _));
    }

    [Fact]
    public void Less_than_one_granule_is_never_taken()
    {
        Assert.False(_pool.TryTake(new(9, 511, FramePurpose.Guest), out _));
        Assert.False(_pool.TryTake(new(9, 512, FramePurpose.Guest), out _));
    }

    [Fact]
    public void Frames_belong_to_nodes_by_their_place() =>
        Assert.Equal([0, 0, 1, 3], new ulong[] { 0, 15, 16, 63 }.Select(frame => _pool.NodeOf(new(frame))));

    // What is leaked is lost on purpose: giving it back, twice or at all, is a bug of the caller.
    [Fact]
    public void Only_frames_in_use_are_given_back()
    {
        _pool.TryTake(new(0, 3, FramePurpose.Guest), out var frames);
        _pool.Pin(new(frames.Start, 1), PinOwner.Vfio);
        _pool.GiveBack(new(frames.Start, 1));
        _pool.Leak(new(frames.Start + 1, 1));

        Assert.Throws<ModelInvariantException>(() => _pool.GiveBack(new(frames.Start, 1)));
        Assert.Throws<ModelInvariantException>(() => _pool.GiveBack(new(frames.Start + 1, 1)));
        Assert.Throws<ModelInvariantException>(() => _pool.GiveBack(new(new(40), 1)));
        Assert.Equal([FrameState.Deferred, FrameState.Leaked, FrameState.InUse], Enumerable.Range(1, 3).Select(frame => _pool[new((ulong)frame)]));
    }

    [Fact]
    public void Pins_have_an_owner_and_a_count()
    {
        var frames = new PfnRange(new(4), 2);
        _pool.Pin(frames, PinOwner.Vfio);
        _pool.Pin(frames, PinOwner.Vfio);
        _pool.Pin(frames, PinOwner.Hypervisor);
        _pool.Pin(new(new(3), 1), PinOwner.Gup);

        Assert.Equal([new(new(new(3), 1), PinOwner.Gup, 1), new(frames, PinOwner.Vfio, 2), new FramePin(frames, PinOwner.Hypervisor, 1)], _pool.Pins.All);
        Assert.True(_pool.Pins.AnyPinned(new(new(5), 1)));
        Assert.False(_pool.Pins.AnyPinned(new(new(6), 1)));
        Assert.Throws<ArgumentException>(() => _pool.Unpin(frames, PinOwner.Gup));
        Assert.Throws<ArgumentException>(() => _pool.Unpin(new(new(4), 1), PinOwner.Vfio));
        Assert.Equal("Vfio pins pfn [4, 6) x2", _pool.Pins.All[1].ToString().Replace("0x", "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_free_frame_that_breaks_is_never_given_out()
    {
        _pool.Poison(new(1));

        Assert.True(_pool.TryTake(new(0, 1, FramePurpose.Guest), out var frames));
        Assert.Equal(new(2), frames.Start);
    }

    [Fact]
    public void A_buffer_pool_larger_than_the_machine_gives_only_frames_there_are()
    {
        var pool = new MachineFactory(new() { Frames = 64, FrameChoice = new BufferPool(new(new(60), 100), FramePurpose.Firmware) }).Create().Frames;

        Assert.True(pool.TryTake(new(0, 100, FramePurpose.Firmware), out var frames));
        Assert.Equal(new(new(60), 4), frames);
        Assert.False(pool.TryTake(new(0, 1, FramePurpose.Firmware), out _));
        Assert.True(pool.TryTake(new(0, 100, FramePurpose.Guest), out frames));
        Assert.Equal(new(new(1), 59), frames);
    }

    [Fact]
    public void A_buffer_pool_beyond_the_machine_leaves_all_its_frames_to_others()
    {
        var pool = new MachineFactory(new() { Frames = 64, FrameChoice = new BufferPool(new(new(100), 10), FramePurpose.Firmware) }).Create().Frames;

        Assert.False(pool.TryTake(new(0, 1, FramePurpose.Firmware), out _));
        Assert.True(pool.TryTake(new(0, 1000, FramePurpose.Guest), out var frames));
        Assert.Equal(new(new(1), 63), frames);
    }

    [Fact]
    public void The_adversarial_choice_stays_within_a_machine_that_ends_inside_a_block()
    {
        var pool = new MachineFactory(new() { Frames = 514, FrameChoice = Adversarial.Instance }).Create().Frames;
        pool.Reserve(new(new(512), 1), FramePurpose.Firmware);
        pool.Reserve(new(new(1), 511), FramePurpose.Guest);

        Assert.True(pool.TryTake(new(0, 8, FramePurpose.Guest), out var frames));
        Assert.Equal(new(new(513), 1), frames);
        Assert.False(pool.TryTake(new(0, 1, FramePurpose.Guest), out _));
    }

    [Fact]
    public void Pins_are_listed_by_first_frame_then_by_last()
    {
        _pool.Pin(new(new(2), 3), PinOwner.Gup);
        _pool.Pin(new(new(1), 9), PinOwner.Gup);
        _pool.Pin(new(new(1), 2), PinOwner.Gup);

        Assert.Equal([new(new(1), 2), new(new(1), 9), new PfnRange(new(2), 3)], _pool.Pins.All.Select(pin => pin.Frames));
        _pool.Unpin(new(new(1), 9), PinOwner.Gup);
        Assert.Equal(2, _pool.Pins.All.Count);
    }

    [Fact]
    public void A_struck_allocation_takes_nothing()
    {
        var injector = new StrikesAt(InjectionPoint.FrameAllocation, time: 1);
        var pool = new MachineFactory(new() { Frames = 64, Injector = injector }).Create().Frames;

        Assert.False(pool.TryTake(new(0, 1, FramePurpose.Guest), out var none));
        Assert.Equal((default, 1UL), (none, pool.CountOf(FrameState.InUse)));
        Assert.True(pool.TryTake(new(0, 1, FramePurpose.Guest), out _));
    }
}
