using Xunit;

namespace GuestMemory.Tdx.Tests.Search;

/// <summary>Which guest, page, guest address and vCPU comes where. Guests take their vCPUs with them.</summary>
internal sealed class GuestOrder(int[] guests, int[] pages, int[] addresses, int[] vcpus)
{
    private readonly int[][] _places = [guests, pages, addresses, vcpus];

    public static GuestOrder Plain(int guests, int pages, int vcpus) => new(Numbers(guests), Numbers(pages), Numbers(pages), Numbers(vcpus));

    /// <summary>Every order; there is one vCPU a guest.</summary>
    public static IEnumerable<GuestOrder> All(int guests, int pages, int vcpus)
    {
        Assert.Equal(guests, vcpus);
        return from guest in Permutations(guests)
               from page in Permutations(pages)
               from address in Permutations(pages)
               select new GuestOrder(guest, page, address, guest);
    }

    /// <summary>The step of the exchanged history: everything goes to its place.</summary>
    public RunStep Exchange(RunStep step) => step.Kind switch
    {
        <= RunStepKind.Remove => step with { Who = _places[0][step.Who], Gfn = step.Kind == RunStepKind.Track ? 0 : _places[2][step.Gfn], Page = step.Kind == RunStepKind.Aug ? _places[1][step.Page] : 0 },
        RunStepKind.Enter or RunStepKind.Exit => step with { Who = _places[3][step.Who] },
        <= RunStepKind.Write => step with { Who = _places[3][step.Who], Gfn = _places[2][step.Gfn] },
        _ => step with { Who = _places[1][step.Who] },
    };

    /// <summary>The state in this order.</summary>
    public byte[] Write(RunSystem system)
    {
        var things = new byte[4 * ThingOrder.Most];
        var places = new byte[4 * ThingOrder.Most];
        for (var group = 0; group < _places.Length; group++)
        {
            for (var thing = 0; thing < _places[group].Length; thing++)
            {
                places[(group * ThingOrder.Most) + thing] = (byte)_places[group][thing];
                things[(group * ThingOrder.Most) + _places[group][thing]] = (byte)thing;
            }
        }

        var writer = new StateWriter([]);
        system.WriteOrdered(new ThingOrder(things, places), ref writer);
        return writer.Written.ToArray();
    }

    public void RequireEqualSignatures(RunSystem system, RunSystem exchanged)
    {
        for (var group = 0; group < _places.Length; group++)
        {
            for (var thing = 0; thing < _places[group].Length; thing++)
            {
                Assert.Equal(system.Signature(group, thing), exchanged.Signature(group, _places[group][thing]));
            }
        }
    }

    private static int[] Numbers(int count) => [.. Enumerable.Range(0, count)];

    private static IEnumerable<int[]> Permutations(int count) => count == 1
        ? [[0]]
        : Permutations(count - 1).SelectMany(one => Enumerable.Range(0, count).Select(at => one[..at].Append(count - 1).Concat(one[at..]).ToArray()));
}
