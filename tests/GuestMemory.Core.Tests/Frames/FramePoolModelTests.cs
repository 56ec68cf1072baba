using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>The pool has at all times the frames of a model kept frame by frame, whichever choice function picks them.</summary>
public sealed class FramePoolModelTests
{
    private const ulong Frames = 4 * 512;
    private static readonly PfnRange Window = new(new(512), 512);

    private static readonly Gen<(int Call, int Order, ulong Most, FramePurpose Purpose, int Pick)> Steps =
        from call in Gen.Frequency(
            (5, Gen.Constant(0)), (2, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3)), (2, Gen.Constant(4)), (2, Gen.Constant(5)))
        from order in Gen.Elements(0, 0, 0, 9, 18)
        from most in Gen.Choose(1, 1200)
        from purpose in Gen.Elements(FramePurpose.Guest, FramePurpose.Kernel, FramePurpose.Table, FramePurpose.Firmware)
        from pick in Gen.Choose(0, 1000)
        select (call, order, (ulong)most, purpose, pick);

    [Fact]
    public void Lowest_first_takes_the_lowest_run_that_fits() => Holds(LowestFirst.Instance, (model, request, frames) =>
    {
        var places = request.Most < request.Granule ? [] : Enumerable.Range(0, (int)Frames).Select(frame => (ulong)frame);
        var first = places.FirstOrDefault(start => model.IsFree(start, request.Granule), Frames);
        Assert.Equal(first, frames?.Start.Value ?? Frames);
    });

    [Fact]
    public void A_buffer_pool_keeps_its_purposes_and_its_window_together() =>
        Holds(new BufferPool(Window, FramePurpose.Firmware), (_, request, frames) =>
            Assert.True(frames is not { } taken || Window.Contains(taken) == (request.Purpose == FramePurpose.Firmware) && (Window.Contains(taken) || !Window.Overlaps(taken))));

    // One granule at a time, and beside another purpose's frames wherever that is possible.
    [Fact]
    public void The_adversarial_choice_puts_purposes_side_by_side() => Holds(Adversarial.Instance, (model, request, frames) =>
    {
        if (frames is { } taken)
        {
            Assert.Equal(request.Granule, taken.Count);
            var mixed = model.FirstFrames(use => use.Purpose != request.Purpose).Any(start => model.HasFree(new Pfn(start).AlignDown(PageSize.Size2M).Value, 512, request.Granule));
            Assert.True(!mixed || request.Order > 9 || model.SharesBlock(taken, request.Purpose));
        }
    });

    // Leaked and broken frames are never given out again, and pinned ones not before their last pin goes.
    private static void Holds(IFrameChoice choice, Action<NaivePool, FrameRequest, PfnRange?> chosen) => Sequences.Of(Steps).Check(80, steps =>
    {
        var pool = new MachineFactory(new() { Frames = Frames, FrameChoice = choice }).Create().Frames;
        var model = new NaivePool(Frames);
        var taken = new List<PfnRange>();
        foreach (var (call, order, most, purpose, pick) in steps)
        {
            if (call == 0)
            {
                Take(pool, model, taken, new(order, most, purpose), chosen);
            }
            else if (taken.Count > 0)
            {
                Change(pool, model, taken, call, pick);
            }
        }

        for (var frame = new Pfn(0); frame.Value < Frames; frame += 1)
        {
            Assert.Equal(model[frame], pool[frame]);
        }

        foreach (var state in Enum.GetValues<FrameState>().Skip(1))
        {
            Assert.Equal(model.CountOf(state), pool.CountOf(state));
        }
    });

    private static void Take(FramePool pool, NaivePool model, List<PfnRange> taken, FrameRequest request, Action<NaivePool, FrameRequest, PfnRange?> chosen)
    {
        var found = pool.TryTake(request, out var frames);
        chosen(model, request, found ? frames : null);
        if (found)
        {
            Assert.True(frames.Count >= request.Granule && frames.Count <= request.Most && frames.Count % request.Granule == 0 && frames.Start.Value % request.Granule == 0);
            model.Take(frames, request.Purpose);
            taken.Add(frames);
        }
    }

    private static void Change(FramePool pool, NaivePool model, List<PfnRange> taken, int call, int pick)
    {
        var frames = taken[pick % taken.Count];
        switch (call)
        {
            case 1:
                pool.GiveBack(frames);
                model.GiveBack(frames);
                taken.Remove(frames);
                break;
            case 2:
                pool.Leak(frames);
                model.Leak(frames);
                taken.Remove(frames);
                break;
            case 3:
                pool.Poison(frames.Start);
                model.Poison(frames.Start);
                break;
            case 4 when model.Pins.Count < 6:
                var pinned = new PfnRange(frames.Start, Math.Min(frames.Count, 1 + ((ulong)pick % 3)));
                pool.Pin(pinned, PinOwner.Gup);
                model.Pins.Add(pinned);
                break;
            case 5 when model.Pins.Count > 0:
                var pin = model.Pins[pick % model.Pins.Count];
                pool.Unpin(pin, PinOwner.Gup);
                model.Unpin(pin);
                break;
        }
    }
}
