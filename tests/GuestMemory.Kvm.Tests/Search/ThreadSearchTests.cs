using Xunit;

namespace GuestMemory.Kvm.Tests.Search;

/// <summary>Searches of critical sections.</summary>
public sealed class ThreadSearchTests
{
    public static TheoryData<string> Scenarios => ["threads", "moves"];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Nothing_breaks_while_every_rule_is_on(string scenario)
    {
        var found = SmallSearch.Run(Create(scenario, RuleSwitches.AllOn), 30_000);

        Assert.Null(found.Broken);
        Assert.True(found.States > 1000, found.ToString());
    }

    // What a fault holds between two of its steps is part of the state.
    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_restored_state_goes_on_as_it_did(string scenario)
    {
        var (system, fresh) = (Create(scenario, RuleSwitches.AllOn), Create(scenario, RuleSwitches.AllOn));
        var random = new Random(7);
        var kept = new List<(byte[] State, uint Step, StepAnswer Answer, byte[] Next)>();
        var steps = new List<uint>();
        for (var step = 0; step < 3000; step++)
        {
            steps.Clear();
            system.FindSteps(steps);
            var number = steps[random.Next(steps.Count)];
            var state = SmallSearch.StateOf(system);
            kept.Add((state, number, system.Apply(number), SmallSearch.StateOf(system)));
            var old = kept[random.Next(kept.Count)];
            StateReader.ReadWhole(old.State, fresh);

            Assert.Equal(old.State, SmallSearch.StateOf(fresh));
            Assert.Equal(old.Answer, fresh.Apply(old.Step));
            Assert.Equal(old.Next, SmallSearch.StateOf(fresh));
        }
    }

    // An actor that is midway goes on by a step of its own, and every step has words of its own.
    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Steps_belong_to_actors_and_have_words(string scenario)
    {
        var system = Create(scenario, RuleSwitches.AllOn);
        var random = new Random(8);
        var steps = new List<uint>();
        for (var step = 0; step < 2000; step++)
        {
            steps.Clear();
            system.FindSteps(steps);

            Assert.Equal(steps.Count, steps.Select(system.Describe).Distinct().Count());
            Assert.All(steps, number => Assert.InRange(system.ActorOf(number), 0, system.Actors.Count - 1));
            system.Apply(steps[random.Next(steps.Count)]);
        }
    }

    internal static IScheduledSystem Create(string scenario, RuleSwitches rules, SoftwareSystems? source = null) =>
        (IScheduledSystem)(source ?? SoftwareSystems.Software).Create(new() { Guests = 1, Pages = 1, Vcpus = 1, Scenario = scenario, Rules = rules });
}
