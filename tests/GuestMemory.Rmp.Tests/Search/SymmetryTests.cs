using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Rmp.Tests.Search;

/// <summary>Guests, frames, addresses and vCPUs of the run scenario are alike.</summary>
public sealed class SymmetryTests
{
    private const int Guests = 2;
    private const int Pages = 3;

    // What each guest, frame and address is exchanged for; vCPU and guest have one number here.
    private static readonly int[] s_guests = [1, 0];
    private static readonly int[] s_frames = [2, 0, 1];
    private static readonly int[] s_addresses = [1, 2, 0];

    [Fact]
    public void Exchanged_histories_lead_to_equal_bytes_and_signatures()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var (system, exchanged, random, steps) = (Create(), Create(), new Random(seed), new List<uint>());
            for (var made = 0; made < 100; made++)
            {
                steps.Clear();
                system.FindSteps(steps);
                var step = steps[random.Next(steps.Count)];
                var (answer, other) = (system.Apply(step), exchanged.Apply(Exchanged(step)));

                Assert.Equal(answer.Verdict, other.Verdict);
                Assert.Equal(Ordered(system, [0, 1], [0, 1, 2], [0, 1, 2]), Ordered(exchanged, s_guests, s_frames, s_addresses));
                CheckSignatures(system, exchanged);
            }
        }
    }

    [Fact]
    public void Different_states_stay_different()
    {
        var states = new Dictionary<string, string>();
        for (var seed = 0; seed < 40; seed++)
        {
            var (system, random, steps) = (Create(), new Random(seed), new List<uint>());
            for (var made = 0; made < 100; made++)
            {
                steps.Clear();
                system.FindSteps(steps);
                system.Apply(steps[random.Next(steps.Count)]);
                var ordered = Convert.ToHexString(Ordered(system, [0, 1], [0, 1, 2], [0, 1, 2]));
                var state = Convert.ToHexString(StepParts.Of(system).SelectMany(part => part).ToArray());

                Assert.Equal(state, states.GetValueOrDefault(ordered, state));
                states[ordered] = state;
            }
        }

        Assert.Equal(states.Count, states.Values.Distinct().Count());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ACCESS/private/guest-owned")]
    public void With_and_without_it_a_search_says_the_same(string? ruleOff)
    {
        var options = new StepSystemOptions { Pages = 2, Rules = ruleOff is null ? RuleSwitches.AllOn : RuleSwitches.AllOn.Without(ruleOff) };
        var (reduced, whole) = (Search(options, usesSymmetry: true), Search(options, usesSymmetry: false));

        Assert.Equal(whole.Counterexample?.Breaks, reduced.Counterexample?.Breaks);
        Assert.Equal(whole.Counterexample?.Steps.Count, reduced.Counterexample?.Steps.Count);
        Assert.Equal(whole.RulesSeen, reduced.RulesSeen);
        Assert.True(reduced.States < whole.States);
    }

    private static SearchReport Search(StepSystemOptions options, bool usesSymmetry) =>
        new StateSearch(() => SnpSystems.Snp.Create(options), new() { Depth = 4, UsesSymmetry = usesSymmetry }).Run();

    private static SnpRunSystem Create() => (SnpRunSystem)SnpSystems.Snp.Create(new() { Guests = Guests, Pages = Pages, Vcpus = Guests });

    private static uint Exchanged(uint number)
    {
        var step = RunStep.Of(number);
        return (step.Kind switch
        {
            RunStepKind.Assign or RunStepKind.Map => new RunStep(step.Kind, s_frames[step.First], s_guests[step.Second], s_addresses[step.Third]),
            RunStepKind.Share or RunStepKind.HostRead or RunStepKind.HostWrite => step with { First = s_frames[step.First] },
            _ => step with { First = s_guests[step.First], Second = s_addresses[step.Second] },
        }).Number;
    }

    private static void CheckSignatures(SnpRunSystem system, SnpRunSystem exchanged)
    {
        int[][] all = [s_guests, s_frames, s_addresses, s_guests];
        for (var group = 0; group < all.Length; group++)
        {
            for (var thing = 0; thing < system.Groups[group]; thing++)
            {
                Assert.Equal(system.Signature(group, thing), exchanged.Signature(group, all[group][thing]));
            }
        }
    }

    private static byte[] Ordered(SnpRunSystem system, int[] guests, int[] frames, int[] addresses)
    {
        var (things, places) = (new byte[4 * ThingOrder.Most], new byte[4 * ThingOrder.Most]);
        int[][] all = [guests, frames, addresses, guests];
        for (var group = 0; group < all.Length; group++)
        {
            for (var place = 0; place < all[group].Length; place++)
            {
                things[(group * ThingOrder.Most) + place] = (byte)all[group][place];
                places[(group * ThingOrder.Most) + all[group][place]] = (byte)place;
            }
        }

        var writer = new StateWriter([]);
        system.WriteOrdered(new(things, places), ref writer);
        return writer.Written.ToArray();
    }
}
