using Xunit;

namespace GuestMemory.Rmp.Tests.Sequences;

/// <summary>Whatever a malicious host and two guests do, in any order. Source: sev-snp, section 8.</summary>
public sealed class SnpSequenceTests
{
    private const int Tests = 250;
    private const int Longest = 150;

    [Fact]
    public void No_sequence_breaks_what_hardware_keeps() => Sequences.Of(SnpStep.Any, Longest).Check(Tests, steps =>
    {
        var sequence = new SnpSequence(options: new() { IsAsserted = static invariant => !invariant.IsPolicy || invariant.Name == "INV-SNP-18" });
        foreach (var step in steps)
        {
            sequence.Apply(step);
            var swept = RmpInvariants.FindBreaches(sequence.Platform).Where(breach => !breach.Invariant.IsPolicy);
            Assert.Empty(swept);
        }
    });

    // sev-snp 4.3: books and the carry flag are all a guest needs against a host that remaps; then 18 holds as well.
    [Fact]
    public void Careful_guests_read_what_they_wrote_last_or_fault()
    {
        static void Holds(SnpStep[] steps) => Run(steps, new(options: RmpCheckerOptions.Strict, areCareful: true)).World.IsSound();

        Sequences.Of(SnpStep.Any, Longest).Check(Tests, Holds);
        Sequences.Of(SnpStep.Remapping, Longest).Check(Tests, Holds);
    }

    // The naive guest is where 17 and 18 break: otherwise the property above would say nothing.
    [Fact]
    public void Naive_guests_are_fooled_by_some_sequence()
    {
        var broken = new SortedSet<string>(StringComparer.Ordinal);
        Sequences.Of(SnpStep.Remapping, Longest).Check(Tests, steps => broken.UnionWith(Run(steps, new(options: RmpCheckerOptions.Record)).World.Broken));

        Assert.Equal(["INV-SNP-17", "INV-SNP-18"], broken);
    }

    [Fact]
    public void A_refused_step_changes_nothing() => Sequences.Of(SnpStep.Any, Longest).Check(Tests, steps =>
    {
        var sequence = new SnpSequence();
        foreach (var step in steps)
        {
            var before = sequence.World.World.State();
            var wasInLarge = sequence.Platform.Table.IsInLargePage(SnpSequence.Pages[step.Page]);
            if (sequence.Apply(step) is { } outcome && !IsChange(step, outcome) && !(step.Call == SnpCall.Take && wasInLarge))
            {
                Assert.Equal(before, sequence.World.World.State());
            }
        }
    });

    [Fact]
    public void A_state_read_back_is_the_same_and_goes_on_the_same() => Sequences.Of(SnpStep.Any, Longest).Check(Tests / 2, steps =>
    {
        var sequence = new SnpSequence();
        foreach (var (at, step) in steps.Index())
        {
            if (at % 16 == 0)
            {
                var bytes = sequence.World.World.State();
                ReadBack(sequence.Platform, bytes);
                Assert.Equal(bytes, sequence.World.World.State());
            }

            sequence.Apply(step);
        }

        Assert.Equal(Run(steps, new()).World.World.State(), sequence.World.World.State());
    });

    [Fact]
    public void The_checker_of_everything_finds_what_the_checker_of_touched_blocks_finds() => Sequences.Of(SnpStep.Any, Longest).Check(Tests / 4, steps =>
    {
        var touched = Run(steps, new(options: RmpCheckerOptions.Record));
        var everything = Run(steps, new(options: RmpCheckerOptions.Record with { Scope = CheckScope.Everything }));

        Assert.Equal(touched.World.Broken, everything.World.Broken);
    });

    // Every state and every way an operation ends is reached: no property above holds for want of cases.
    [Fact]
    public void The_sequences_reach_every_state_that_needs_no_firmware_and_every_fault()
    {
        var states = new HashSet<RmpPageState>();
        var ends = new HashSet<string>();
        Sequences.Of(SnpStep.Any, Longest).Check(Tests, steps =>
        {
            var sequence = new SnpSequence();
            foreach (var step in steps)
            {
                ends.Add(Describe(step, sequence.Apply(step)));
                states.UnionWith(SnpSequence.Pages.Select(sequence.Platform.Table.StateOf));
            }
        });

        Assert.Equal(
            [RmpPageState.Default, RmpPageState.Hypervisor, RmpPageState.Firmware, RmpPageState.Reclaim, RmpPageState.PreGuest, RmpPageState.PreSwap, RmpPageState.GuestInvalid, RmpPageState.GuestValid],
            states.Order());
        Assert.Empty(ExpectedEnds.Except(ends));
    }

    private static HashSet<string> ExpectedEnds =>
    [
        "RmpUpdate Status 0", "RmpUpdate Status 1", "RmpUpdate Status 2", "RmpUpdate Status 3", "RmpUpdate Status 4",
        "Psmash Status 0", "Psmash Status 1", "Psmash Status 4", "Validate Status 0", "Validate Status 6", "Validate Fault NestedPageFault",
        "Validate Fault GeneralProtection", "RmpAdjust Status 0", "RmpAdjust Status 2", "RmpAdjust Fault VmmCommunication", "Write Status 0", "Write Fault NestedPageFault",
        "Write Fault VmmCommunication", "Read Status 0", "HostWrite Status 0", "HostWrite Fault PageFault", "DeviceWrite Fault IommuEvent", "SharedWrite Fault NestedPageFault",
    ];

    private static string Describe(SnpStep step, Outcome? outcome) => outcome is { } ended
        ? $"{step.Call} {ended.Lane} {(ended.Lane == Lane.Fault ? (RmpFaultKind)ended.Code : ended.Code)}"
        : $"{step.Call}";

    private static bool IsChange(SnpStep step, Outcome outcome) => outcome.IsSuccess
        && !(step.Call is SnpCall.Validate or SnpCall.Invalidate && outcome.Info != 0)
        && step.Call is not (SnpCall.Read or SnpCall.HostRead or SnpCall.SharedRead or SnpCall.Fetch or SnpCall.RmpRead or SnpCall.RmpQuery);

    private static SnpSequence Run(SnpStep[] steps, SnpSequence sequence)
    {
        foreach (var step in steps)
        {
            sequence.Apply(step);
        }

        return sequence;
    }

    private static void ReadBack(SnpPlatform platform, byte[] bytes)
    {
        var reader = new StateReader(bytes);
        platform.ReadState(ref reader);
        platform.Contents.ReadState(ref reader);
        Assert.True(reader.AtEnd);
    }
}
