using Xunit;

namespace GuestMemory.Kvm.Tests.Search;

/// <summary>The state in parts: written, restored and touched as the contract says, over a random walk.</summary>
public sealed class CallPartsTests
{
    private const int Steps = 4000;

    [Fact]
    public void The_parts_one_after_the_other_are_the_whole_state()
    {
        var system = Create();
        var random = new Random(1);
        for (var step = 0; step < Steps; step++)
        {
            Walk(system, random);
            var writer = new StateWriter([]);
            for (var part = 0; part < system.Parts; part++)
            {
                system.WritePart(part, ref writer);
            }

            Assert.Equal(SmallSearch.StateOf(system), writer.Written.ToArray());
        }
    }

    // A bit too many costs time, one too few is a defect.
    [Fact]
    public void A_part_that_is_not_touched_did_not_change()
    {
        var system = Create();
        var random = new Random(2);
        for (var step = 0; step < Steps; step++)
        {
            var before = PartsOf(system);
            var touched = Walk(system, random).Touched;
            var after = PartsOf(system);

            Assert.All(Enumerable.Range(0, system.Parts), part => Assert.True((touched >> part & 1) != 0 || before[part].AsSpan().SequenceEqual(after[part]), $"part {part}"));
        }
    }

    // Only the parts that differ are read, in any state the system may be in.
    [Fact]
    public void An_earlier_state_is_restored_part_by_part_and_answers_as_it_did()
    {
        var (system, fresh) = (Create(), Create());
        var random = new Random(3);
        var kept = new List<(byte[][] Parts, uint Step, StepAnswer Answer, byte[] Next)>();
        for (var step = 0; step < Steps; step++)
        {
            var parts = PartsOf(system);
            var number = Choose(system, random);
            var answer = system.Apply(number);
            kept.Add((parts, number, answer, SmallSearch.StateOf(system)));
            var old = kept[random.Next(kept.Count)];
            Restore(fresh, old.Parts);

            Assert.Equal(old.Parts, PartsOf(fresh));
            Assert.Equal(old.Answer, fresh.Apply(old.Step));
            Assert.Equal(old.Next, SmallSearch.StateOf(fresh));
        }
    }

    // What the state leaves out never changes: the whole machine follows from the parts.
    [Fact]
    public void Restoring_the_parts_restores_the_whole_machine()
    {
        var (system, fresh) = (Create(), Create());
        var random = new Random(4);
        for (var step = 0; step < Steps; step++)
        {
            Walk(system, random);
            Restore(fresh, PartsOf(system));

            Assert.Equal(system.Host.Machine.WriteState().ToArray(), fresh.Host.Machine.WriteState().ToArray());
            InvariantChecker.Sweep(fresh.Host.Machine);
        }
    }

    private static CallSystem Create() => (CallSystem)SoftwareSystems.Software.Create(new() { Guests = 2, Pages = 2, Vcpus = 3 });

    private static uint Choose(CallSystem system, Random random)
    {
        var steps = new List<uint>();
        system.FindSteps(steps);
        return steps[random.Next(steps.Count)];
    }

    private static StepAnswer Walk(CallSystem system, Random random) => system.Apply(Choose(system, random));

    private static byte[][] PartsOf(CallSystem system)
    {
        var parts = new byte[system.Parts][];
        for (var part = 0; part < parts.Length; part++)
        {
            var writer = new StateWriter([]);
            system.WritePart(part, ref writer);
            parts[part] = writer.Written.ToArray();
        }

        return parts;
    }

    private static void Restore(CallSystem system, byte[][] wanted)
    {
        var present = PartsOf(system);
        var read = 0UL;
        for (var part = 0; part < wanted.Length; part++)
        {
            if (!present[part].AsSpan().SequenceEqual(wanted[part]))
            {
                var reader = new StateReader(wanted[part]);
                system.ReadPart(part, ref reader);
                Assert.True(reader.AtEnd);
                read |= 1UL << part;
            }
        }

        system.PartsRead(read);
    }
}
