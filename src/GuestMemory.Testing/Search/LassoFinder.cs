namespace GuestMemory.Testing;

/// <summary>Finds circles of attempts of one actor among those a search met.</summary>
internal sealed class LassoFinder
{
    private readonly Func<IStepSystem> _create;
    private readonly VisitedStates _visited;
    private readonly Dictionary<uint, List<RetryEdge>> _from = [];
    private readonly Dictionary<UInt128, uint> _ids = [];
    private readonly IScheduledSystem? _scheduled;

    public LassoFinder(Func<IStepSystem> create, VisitedStates visited, IReadOnlyList<RetryEdge> retries)
    {
        _create = create;
        _visited = visited;
        var system = create();
        _scheduled = system as IScheduledSystem;
        foreach (var edge in retries)
        {
            if (!_from.TryGetValue(edge.State, out var edges))
            {
                _from.Add(edge.State, edges = []);
                _ids[FingerprintOf(edge.State)] = edge.State;
            }

            edges.Add(edge);
        }
    }

    /// <summary>The circle with the shortest way to it; <see langword="null"/> for none.</summary>
    public Lasso? Find()
    {
        List<RetryEdge>? best = null;
        var way = int.MaxValue;
        foreach (var start in _from.Keys)
        {
            var length = _visited.PathTo(start).Count;
            if (length < way && CircleAt(start) is { } circle)
            {
                (best, way) = (circle, length);
            }
        }

        return best is null ? null : Walk(best);
    }

    // One actor's attempts have one outcome each, so that following them from a state either ends or comes back.
    private List<RetryEdge>? CircleAt(uint start)
    {
        foreach (var first in _from[start])
        {
            var circle = new List<RetryEdge> { first };
            var seen = new HashSet<uint> { start };
            while (_ids.TryGetValue(circle[^1].After, out var at))
            {
                if (at == start)
                {
                    return circle;
                }

                if (!seen.Add(at) || NextOf(at, first.Step) is not { } next)
                {
                    break;
                }

                circle.Add(next);
            }
        }

        return null;
    }

    private RetryEdge? NextOf(uint state, uint first)
    {
        foreach (var edge in _from[state])
        {
            if (_scheduled is null || _scheduled.ActorOf(edge.Step) == _scheduled.ActorOf(first))
            {
                return edge;
            }
        }

        return null;
    }

    private Lasso Walk(List<RetryEdge> circle)
    {
        var way = _visited.PathTo(circle[0].State);
        var walk = new CounterexampleWalk(_create(), []);
        foreach (var step in way.Concat(circle.Select(static edge => edge.Step)))
        {
            walk.Make(step);
        }

        return new([.. walk.Steps.Take(way.Count)], [.. walk.Steps.Skip(way.Count)]);
    }

    private UInt128 FingerprintOf(uint state)
    {
        var entry = _visited[state];
        return ((UInt128)entry.High << 64) | entry.Low;
    }
}
