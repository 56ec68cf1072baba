namespace GuestMemory.Testing;

/// <summary>Walks of a system by steps chosen at random from a seed, every invariant and property checked. What breaks is cut down to the steps it needs.</summary>
/// <remarks>The same seed makes the same walks everywhere. Not thread-safe.</remarks>
public sealed class RandomWalks
{
    private readonly Func<IStepSystem> _create;
    private readonly RandomWalkOptions _options;
    private readonly IStepSystem _system;
    private readonly StateProperty[] _properties;
    private readonly byte[] _first;
    private readonly List<uint> _offered = [];
    private readonly List<uint> _walk = [];
    private SeededChoice _choice;

    /// <summary>Prepares walks.</summary>
    /// <param name="create">Makes the system in its first state, the same each time.</param>
    /// <param name="options">How many and how long; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public RandomWalks(Func<IStepSystem> create, RandomWalkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        _create = create;
        _options = (options ?? new()).Validated();
        _choice = new(_options.Seed);
        _system = create();
        _properties = PropertyChecks.Of(_system, _options.Properties);
        var writer = new StateWriter([]);
        _system.WriteState(ref writer);
        _first = writer.Written.ToArray();
    }

    /// <summary>Makes the walks, each from the first state.</summary>
    /// <param name="cancellation">Ends them after the walk in hand.</param>
    public RandomWalkReport Run(CancellationToken cancellation = default)
    {
        var counts = default(SearchCounts);
        for (var walk = 1; walk <= _options.Walks; walk++)
        {
            if (!TryWalk(ref counts))
            {
                return new(walk, counts.Transitions, counts.Refused, counts.Outside, new StepShrinker(_create, _options.Properties).Shrink(_walk));
            }

            if (cancellation.IsCancellationRequested)
            {
                return new(walk, counts.Transitions, counts.Refused, counts.Outside, null);
            }
        }

        return new(_options.Walks, counts.Transitions, counts.Refused, counts.Outside, null);
    }

    // False when something broke; the steps are left in _walk.
    private bool TryWalk(ref SearchCounts counts)
    {
        _walk.Clear();
        StateReader.ReadWhole(_first, _system);
        try
        {
            while (_walk.Count < _options.Length && TryChoose(out var step))
            {
                _walk.Add(step);
                var isRefused = _system.Apply(step).Verdict == StepVerdict.Refused;
                counts += isRefused ? new(0, 1, 0) : new(1, 0, 0);
                if (PropertyChecks.FirstBroken(_properties) is not null)
                {
                    return false;
                }
            }

            return true;
        }
        catch (OutsideModelException)
        {
            counts += new SearchCounts(0, 0, 1);
            return true;
        }
        catch (ModelInvariantException)
        {
            return false;
        }
    }

    private bool TryChoose(out uint step)
    {
        _offered.Clear();
        _system.FindSteps(_offered);
        step = _offered.Count == 0 ? 0 : _offered[_choice.Below(_offered.Count)];
        return _offered.Count > 0;
    }
}
