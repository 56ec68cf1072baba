using Xunit;

namespace GuestMemory.Tdx.Tests.Search;

/// <summary>The parts of the state of running TDs: all of it, exactly told which changed, restored one by one.</summary>
public sealed class RunPartsTests
{
    private const int Steps = 3000;

    public static TheoryData<string> Off => ["", "TD.ACCESS/private/line", "TDH.MEM.PAGE.REMOVE/tracked", "TDG.MEM.PAGE.ACCEPT/walk"];

    [Theory]
    [MemberData(nameof(Off))]
    public void A_step_changes_no_part_it_does_not_name(string off)
    {
        var system = Make(off, 3, 2);
        var walk = new RunWalk(system, seed: 1);
        var before = RunWalk.PartsOf(system);
        for (var count = 0; count < Steps; count++)
        {
            var step = walk.Next();
            if (Apply(system, step) is not { } answer)
            {
                Restore(system, before, ulong.MaxValue);
                continue;
            }

            var now = RunWalk.PartsOf(system);
            for (var part = 0; part < now.Length; part++)
            {
                Assert.True((answer.Touched >> part & 1) != 0 || now[part].AsSpan().SequenceEqual(before[part]), $"{system.Describe(step)} changed part {part}");
            }

            before = now;
        }
    }

    [Fact]
    public void Refused_steps_touch_nothing_but_what_a_machine_check_leaves()
    {
        var system = Make("", 3, 2);
        var walk = new RunWalk(system, seed: 5);
        for (var count = 0; count < Steps; count++)
        {
            var answer = system.Apply(walk.Next());
            Assert.True(answer.Verdict == StepVerdict.Done || answer.Touched == 0 || answer.Outcome.Code == (ulong)GuestEvent.MachineCheck);
        }
    }

    [Theory]
    [MemberData(nameof(Off))]
    public void The_parts_in_order_are_the_whole(string off)
    {
        var system = Make(off, 2, 3);
        var walk = new RunWalk(system, seed: 2);
        for (var count = 0; count < 300; count++)
        {
            Assert.Equal(RunWalk.StateOf(system), RunWalk.PartsOf(system).SelectMany(static part => part));
            _ = Apply(system, walk.Next());
        }
    }

    // Only the parts that differ are read, in any state the system is in.
    [Theory]
    [MemberData(nameof(Off))]
    public void An_earlier_state_restored_by_parts_is_that_state_and_goes_on_alike(string off)
    {
        var (system, other) = (Make(off, 3, 2), Make(off, 3, 2));
        var walk = new RunWalk(system, seed: 3);
        var states = new List<byte[][]> { RunWalk.PartsOf(system) };
        for (var count = 0; count < 500; count++)
        {
            var chosen = states[walk.Below(states.Count)];
            RestoreDiffering(system, chosen);
            byte[] whole = [.. chosen.SelectMany(static part => part)];
            Assert.Equal(whole, RunWalk.StateOf(system));

            StateReader.ReadWhole(whole, other);
            var (mine, others) = (new List<uint>(), new List<uint>());
            system.FindSteps(mine);
            other.FindSteps(others);
            Assert.Equal(others, mine);
            for (var more = 0; more < 12; more++)
            {
                var step = walk.Next();
                var (answer, same) = (Apply(system, step), Apply(other, step));
                Assert.Equal(same, answer);
                if (answer is null)
                {
                    RestoreDiffering(system, chosen);
                    break;
                }

                Assert.Equal(RunWalk.StateOf(other), RunWalk.StateOf(system));
                states.Add(RunWalk.PartsOf(system));
            }
        }
    }

    private static RunSystem Make(string off, int pages, int vcpus) =>
        new(new() { Pages = pages, Vcpus = vcpus, Rules = off.Length == 0 ? RuleSwitches.AllOn : RuleSwitches.AllOn.Without(off) });

    private static StepAnswer? Apply(RunSystem system, uint step)
    {
        try
        {
            return system.Apply(step);
        }
        catch (ModelInvariantException)
        {
            return null;
        }
    }

    private static void RestoreDiffering(RunSystem system, byte[][] parts)
    {
        var now = RunWalk.PartsOf(system);
        var differing = 0UL;
        for (var part = 0; part < parts.Length; part++)
        {
            differing |= now[part].AsSpan().SequenceEqual(parts[part]) ? 0 : 1UL << part;
        }

        Restore(system, parts, differing);
    }

    private static void Restore(RunSystem system, byte[][] parts, ulong which)
    {
        for (var part = 0; part < parts.Length; part++)
        {
            if ((which >> part & 1) != 0)
            {
                var reader = new StateReader(parts[part]);
                system.ReadPart(part, ref reader);
                Assert.True(reader.AtEnd);
            }
        }

        system.PartsRead(which);
    }
}
