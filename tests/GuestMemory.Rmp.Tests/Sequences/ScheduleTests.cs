using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GuestMemory.Rmp.Tests.Sequences;

/// <summary>Two guests, and two vCPUs of one, whose steps fall in any order. Source: sev-snp, section 8.</summary>
public sealed class ScheduleTests
{
    private const int Tests = 150;

    // What a guest sees depends on no step of another's, although their pages lie in one 2M block.
    [Fact]
    public void Every_schedule_of_two_guests_answers_each_as_if_it_were_alone() => Schedules.Check(Tests, steps =>
    {
        var (both, first, second) = (Fresh(), Fresh(), Fresh());
        foreach (var step in steps)
        {
            var alone = step.Vcpu < 2 ? first : second;
            Assert.Equal(alone.Apply(step), both.Apply(step));
        }

        both.World.IsSound();
    });

    // Two vCPUs at levels 0 and 1: whatever the order, the lower one has no right that the higher did not give.
    [Fact]
    public void No_schedule_of_two_vCPUs_gives_the_lower_level_more_than_it_was_granted() => Schedules.Check(Tests, steps =>
    {
        var sequence = Fresh();
        var granted = VmplPermissions.None;
        foreach (var step in steps.Where(step => step.Vcpu < 2))
        {
            sequence.Apply(step);
            var mask = sequence.Platform.Table.Resolve(PageOfA).PermissionsOf(new(1));
            granted |= step is { Call: SnpCall.RmpAdjust, Vcpu: 0 } ? mask : VmplPermissions.None;
            Assert.Equal(VmplPermissions.None, mask & ~granted);
        }
    });

    private static Pfn PageOfA => SnpWorld.H(5);

    // Each guest's steps as a list, and the order in which they fall together.
    private static Arbitrary<SnpStep[]> Schedules { get; } = Sequences.Of(
        from step in SnpStep.OfGuests from vcpu in Gen.Choose(0, 3) select step with { Vcpu = vcpu, Address = 2, Bits = step.Bits | 0x1000 }, 80);

    private static SnpSequence Fresh()
    {
        var sequence = new SnpSequence(options: RmpCheckerOptions.Strict);
        sequence.Apply(new(SnpCall.Map, 0, 2, 2, 0x1000));
        sequence.Apply(new(SnpCall.Map, 2, 1, 2, 0x1000));
        Assert.True(sequence.World.World.Assign(PageOfA, SnpWorld.G(5)).IsSuccess);
        Assert.True(sequence.World.World.Assign(SnpWorld.H(1), SnpWorld.G(5), asid: SnpWorld.B).IsSuccess);
        return sequence;
    }
}
