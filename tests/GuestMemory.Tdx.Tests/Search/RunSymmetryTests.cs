using Xunit;

namespace GuestMemory.Tdx.Tests.Search;

/// <summary>Guests, pages, guest addresses and vCPUs are alike.</summary>
public sealed class RunSymmetryTests
{
    private const int Guests = 2;
    private const int Pages = 2;
    private const int Vcpus = 2;

    // Whatever is exchanged, the two histories end in states that are equal but for the exchange.
    [Fact]
    public void Exchanged_histories_end_in_states_that_are_equal_but_for_the_exchange()
    {
        foreach (var order in Orders())
        {
            var (system, other) = (Make(), Make());
            var walk = new RunWalk(system, seed: 7);
            for (var count = 0; count < 400; count++)
            {
                var step = walk.Next();
                var (answer, exchanged) = (system.Apply(step), other.Apply(order.Exchange(RunStep.Of(step)).Number));

                Assert.Equal(answer.Verdict, exchanged.Verdict);
                Assert.Equal(answer.Outcome.DecidedBy, exchanged.Outcome.DecidedBy);
                Assert.Equal(order.Write(system), GuestOrder.Plain(Guests, Pages, Vcpus).Write(other));
                order.RequireEqualSignatures(system, other);
            }
        }
    }

    // States with one canonical form have successors with the same canonical forms; more canonical forms than one remain.
    [Fact]
    public void States_that_count_as_one_go_on_alike_and_others_stay_apart()
    {
        var system = Make();
        var orders = Orders().ToArray();
        var successors = new Dictionary<string, string>(StringComparer.Ordinal);
        var states = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Queue<byte[]>([RunWalk.StateOf(system)]);
        while (queue.Count > 0 && states.Count < 600)
        {
            var state = queue.Dequeue();
            StateReader.ReadWhole(state, system);
            if (!states.Add(Convert.ToHexString(state)))
            {
                continue;
            }

            var form = Canonical(system, orders);
            var next = Successors(system, state, orders, queue);
            Assert.Equal(successors.GetValueOrDefault(form, next), next);
            successors[form] = next;
        }

        Assert.InRange(successors.Count, states.Count / orders.Length, states.Count - 1);
    }

    private static RunSystem Make() => new(new() { Guests = Guests, Pages = Pages, Vcpus = Vcpus });

    private static IEnumerable<GuestOrder> Orders() => GuestOrder.All(Guests, Pages, Vcpus);

    private static string Canonical(RunSystem system, GuestOrder[] orders) => orders.Select(order => Convert.ToHexString(order.Write(system))).Min(StringComparer.Ordinal)!;

    private static string Successors(RunSystem system, byte[] state, GuestOrder[] orders, Queue<byte[]> queue)
    {
        var (steps, forms) = (new List<uint>(), new List<string>());
        system.FindSteps(steps);
        foreach (var step in steps)
        {
            StateReader.ReadWhole(state, system);
            var answer = system.Apply(step);
            forms.Add($"{RunStep.Of(step).Kind} {answer.Verdict} {answer.Outcome.DecidedBy} {Canonical(system, orders)}");
            queue.Enqueue(RunWalk.StateOf(system));
        }

        StateReader.ReadWhole(state, system);
        return string.Join("\n", forms.Order(StringComparer.Ordinal));
    }
}
