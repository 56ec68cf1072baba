using Xunit;

namespace GuestMemory.Kvm.Tests.Search;

/// <summary>Searches of whole calls: what they find nothing in, and what likeness means.</summary>
public sealed class CallSearchTests
{
    public static TheoryData<int, int, int> Sizes => new() { { 1, 1, 1 }, { 1, 2, 1 }, { 2, 1, 2 }, { 2, 2, 2 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Nothing_breaks_while_every_rule_is_on(int guests, int pages, int vcpus)
    {
        foreach (var source in new[] { SoftwareSystems.Software, SoftwareSystems.FirstMerged })
        {
            var found = SmallSearch.Run(source.Create(new() { Guests = guests, Pages = pages, Vcpus = vcpus, Scenario = "calls" }), 20_000);

            Assert.Null(found.Broken);
            Assert.True(found.States > 50, found.ToString());
        }
    }

    // The same steps with guests, pages and vCPUs exchanged lead to a state that reads the same once they are exchanged back.
    [Fact]
    public void Exchanged_steps_lead_to_states_that_differ_by_the_exchange_alone()
    {
        var random = new Random(5);
        for (var walk = 0; walk < 200; walk++)
        {
            var (one, other) = (Create(), Create());
            var guests = Permutation(random, 2);
            var pages = Permutation(random, 3);
            var vcpus = Permutation(random, 2);
            for (var step = 0; step < 30; step++)
            {
                var number = Choose(one, random);
                var exchanged = Exchange(number, guests, pages, vcpus);

                Assert.Equal(one.Apply(number).Verdict, other.Apply(exchanged).Verdict);
                Assert.Equal(Ordered(one, [0, 1], [0, 1, 2], [0, 1]), Ordered(other, guests, pages, vcpus));
                AssertSignatures(one, other, guests, pages, vcpus);
            }
        }
    }

    // Equal bytes in the same order, equal states but for the names of frames and what nobody reads; both go on alike.
    [Fact]
    public void States_that_read_the_same_go_on_alike()
    {
        var random = new Random(6);
        var met = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var (system, again) = (Create(), Create());
        var pairs = 0;
        for (var step = 0; step < 20_000; step++)
        {
            system.Apply(Choose(system, random));
            var key = Convert.ToHexString(Ordered(system, [0, 1], [0, 1, 2], [0, 1]));
            var state = SmallSearch.StateOf(system);
            if (met.TryGetValue(key, out var old) && !old.AsSpan().SequenceEqual(state))
            {
                pairs++;
                AssertGoOnAlike(state, old, system, again);
                StateReader.ReadWhole(state, system);
            }

            met[key] = state;
        }

        Assert.True(pairs > 10, $"{pairs} pairs");
    }

    private static void AssertGoOnAlike(byte[] state, byte[] old, CallSystem one, CallSystem other)
    {
        var steps = new List<uint>();
        one.FindSteps(steps);
        foreach (var step in steps)
        {
            StateReader.ReadWhole(state, one);
            StateReader.ReadWhole(old, other);

            Assert.Equal(one.Apply(step).Verdict, other.Apply(step).Verdict);
            Assert.Equal(Ordered(one, [0, 1], [0, 1, 2], [0, 1]), Ordered(other, [0, 1], [0, 1, 2], [0, 1]));
        }
    }

    private static void AssertSignatures(CallSystem one, CallSystem other, params int[][] exchanges)
    {
        for (var group = 0; group < exchanges.Length; group++)
        {
            for (var thing = 0; thing < exchanges[group].Length; thing++)
            {
                Assert.Equal(one.Signature(group, thing), other.Signature(group, exchanges[group][thing]));
            }
        }
    }

    private static CallSystem Create() => (CallSystem)SoftwareSystems.Software.Create(new() { Guests = 2, Pages = 3, Vcpus = 4 });

    private static uint Choose(CallSystem system, Random random)
    {
        var steps = new List<uint>();
        system.FindSteps(steps);
        return steps[random.Next(steps.Count)];
    }

    private static uint Exchange(uint number, int[] guests, int[] pages, int[] vcpus)
    {
        var step = SearchStep.Of(number);
        var isAccess = (CallOperation)step.Operation is CallOperation.GuestLoad or CallOperation.GuestStore;
        var subject = isAccess ? (vcpus[step.Subject / 2] * 2) + guests[step.Subject % 2] : guests[step.Subject];
        return new SearchStep(step.Operation, (byte)subject, (byte)pages[step.Page]).Number;
    }

    private static byte[] Ordered(CallSystem system, params int[][] things)
    {
        var (thingAt, placeOf) = (new byte[things.Length * ThingOrder.Most], new byte[things.Length * ThingOrder.Most]);
        for (var group = 0; group < things.Length; group++)
        {
            for (var place = 0; place < things[group].Length; place++)
            {
                thingAt[(group * ThingOrder.Most) + place] = (byte)things[group][place];
                placeOf[(group * ThingOrder.Most) + things[group][place]] = (byte)place;
            }
        }

        var writer = new StateWriter([]);
        system.WriteOrdered(new(thingAt, placeOf), ref writer);
        return writer.Written.ToArray();
    }

    private static int[] Permutation(Random random, int count)
    {
        var things = Enumerable.Range(0, count).ToArray();
        random.Shuffle(things);
        return things;
    }
}
