using GuestMemory.Rmp.Tests.Sequences;
using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>Whatever a VMM, its guests and the rest of the kernel do in any order. Source: sev-snp, sections 6 and 8; systems, 1.4.</summary>
public sealed class HostSequenceTests
{
    private const int Tests = 40;
    private const int CheckedTests = 10;
    private const int Longest = 90;

    [Fact]
    public void No_sequence_breaks_what_the_machine_the_table_and_the_host_promise() => ForAll((setup, steps) =>
    {
        var world = new HostSequence(setup);
        Array.ForEach(steps, world.Check);
    }, CheckedTests);

    // What stays assigned is lost to everybody; only under Linux's choice it may be free, and the host warned.
    [Fact]
    public void Whatever_happened_closing_everything_gives_everything_back() => ForAll((setup, steps) =>
    {
        var world = new HostSequence(setup, isChecked: false);
        Array.ForEach(steps, world.Apply);
        world.CloseAll();
        Assert.Empty(world.Host.Guests);
        Assert.Equal(world.InUse, world.Machine.Frames.CountOf(FrameState.InUse));
        Assert.Equal(0UL, world.Machine.Frames.CountOf(FrameState.Deferred));
        Assert.Equal(0, world.StillAssigned());
    });

    [Fact]
    public void A_host_read_back_goes_on_as_one_that_was_not() => ForAll((setup, steps) =>
    {
        var (plain, restored) = (new HostSequence(setup, isChecked: false), new HostSequence(setup, isChecked: false));
        foreach (var (at, step) in steps.Index())
        {
            plain.Apply(step);
            restored.Apply(step);
            if (at % 8 == 0)
            {
                var bytes = restored.Kvm.WriteState().ToArray();
                restored.Kvm.ReadState(bytes);
                Assert.Equal(bytes, restored.Kvm.WriteState().ToArray());
                Assert.Equal(bytes, plain.Kvm.WriteState().ToArray());
            }
        }

        Assert.Equal(plain.Kvm.WriteState().ToArray(), restored.Kvm.WriteState().ToArray());
    });

    // No property above holds for want of cases.
    [Fact]
    public void The_sequences_reach_what_they_are_about()
    {
        var reached = new HashSet<string>();
        ForAll((setup, steps) =>
        {
            var world = new HostSequence(setup, isChecked: false);
            Array.ForEach(steps, world.Apply);
            world.NoteCounts();
            world.CloseAll();
            reached.UnionWith(world.Reached);
        });

        Assert.Empty(Expected.Except(reached));
    }

    private static string[] Expected =>
    [
        "fault repaired", "spurious fault", "2M accepted", "2M freed", "2M freed in part", "leaked", "warned", "launched", "private page broken", "VM made anew", "file made anew",
        "VM closed before its file", "file closed before its VM", "page states 0x0", "page states Hypercall", "page states MemoryFault", "memory fault 0", "memory fault 8",
        "private access Hlt", "private access GuestException", "private access MemoryFault", "shared access Hlt", "shared access MemoryFault", "private access FailEntry",
        "Pvalidate Hlt", "Pvalidate MemoryFault", "RmpAdjust Hlt", "RmpAdjust GuestException", "RmpQuery Hlt",
    ];

    private static void ForAll(Action<HostSetup, HostStep[]> fact, int tests = Tests)
    {
        foreach (var setup in HostSetup.All)
        {
            Sequences.Sequences.Of(HostStep.Any, Longest).Check(tests, steps => fact(setup, steps));
            Sequences.Sequences.Of(HostStep.Racing, Longest).Check(tests, steps => fact(setup, steps));
        }
    }
}
