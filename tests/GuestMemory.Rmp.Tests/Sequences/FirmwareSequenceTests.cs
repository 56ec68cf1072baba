using Xunit;

namespace GuestMemory.Rmp.Tests.Sequences;

/// <summary>The same with the firmware's commands: launch, swap, move, join, end. Source: sev-snp, section 8.</summary>
public sealed class FirmwareSequenceTests
{
    private const int Tests = 250;
    private const int Longest = 200;

    [Fact]
    public void No_sequence_with_commands_breaks_what_hardware_and_firmware_keep() => Sequences.Of(SnpStep.WithFirmware, Longest).Check(Tests, steps =>
    {
        var sequence = Launched(new() { IsAsserted = static invariant => !invariant.IsPolicy || invariant.Name == "INV-SNP-18" });
        foreach (var (at, step) in steps.Index())
        {
            sequence.Apply(step);
            if (at % 8 == 0 || at == steps.Length - 1)
            {
                Assert.DoesNotContain(RmpInvariants.FindBreaches(sequence.Platform), breach => !breach.Invariant.IsPolicy);
            }
        }
    });

    [Fact]
    public void A_refused_command_changes_nothing() => Sequences.Of(SnpStep.WithFirmware, Longest).Check(Tests / 2, steps =>
    {
        var sequence = Launched(RmpCheckerOptions.Default);
        foreach (var step in steps)
        {
            var before = sequence.World.World.State();
            if (sequence.Apply(step) is { IsSuccess: false } && step.Call is > SnpCall.Freeze and < SnpCall.Flush)
            {
                Assert.Equal(before, sequence.World.World.State());
            }
        }
    });

    [Fact]
    public void A_state_with_guests_read_back_goes_on_the_same() => Sequences.Of(SnpStep.WithFirmware, Longest).Check(Tests / 4, steps =>
    {
        var (sequence, other) = (Launched(RmpCheckerOptions.Default), Launched(RmpCheckerOptions.Default));
        foreach (var (at, step) in steps.Index())
        {
            if (at % 16 == 0)
            {
                var reader = new StateReader(sequence.World.World.State());
                sequence.Platform.ReadState(ref reader);
                sequence.Platform.Contents.ReadState(ref reader);
                Assert.True(reader.AtEnd);
            }

            Assert.Equal(other.Apply(step), sequence.Apply(step));
        }

        Assert.Equal(other.World.World.State(), sequence.World.World.State());
    });

    // No property above holds for want of cases.
    [Fact]
    public void The_sequences_make_every_command_succeed()
    {
        var done = new HashSet<SnpCall>();
        var states = new HashSet<RmpPageState>();
        Sequences.Of(SnpStep.WithFirmware, Longest).Check(Tests, steps =>
        {
            var sequence = Launched(RmpCheckerOptions.Record);
            foreach (var step in steps)
            {
                if (sequence.Apply(step) is { IsSuccess: true })
                {
                    done.Add(step.Call);
                }

                states.UnionWith(SnpSequence.FirmwarePages.Concat(SnpSequence.Pages).Select(sequence.Platform.Table.StateOf));
            }
        });

        SnpCall[] rare = [SnpCall.Unsmash, SnpCall.SetFixed];
        Assert.Empty(Enum.GetValues<SnpCall>().Where(call => call is >= SnpCall.Freeze and <= SnpCall.Flush).Except(done).Except(rare));
        Assert.Empty(Enum.GetValues<RmpPageState>().Except([RmpPageState.Invalid, RmpPageState.HvFixed, RmpPageState.IommuBuffer]).Except(states));
    }

    private static SnpSequence Launched(RmpCheckerOptions options)
    {
        var sequence = new SnpSequence(options: options);
        sequence.Launch();
        return sequence;
    }
}
