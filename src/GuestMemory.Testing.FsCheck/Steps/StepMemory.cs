using System.Diagnostics.CodeAnalysis;

namespace GuestMemory.Testing;

/// <summary>What all walks of a generator have seen so far: how often each step was chosen, which states and refusals were met, where to go on.</summary>
internal sealed class StepMemory
{
    private const int MostStates = 1 << 20;
    private const int MostWaypoints = 64;
    private readonly Dictionary<uint, int> _times = [];
    private readonly HashSet<UInt128> _states = [];
    private readonly List<Rule> _rules = [];
    private readonly List<Waypoint> _waypoints = [];

    /// <summary>Different states met; counted up to about a million.</summary>
    public int States => _states.Count;

    /// <summary>Rules that refused a step, in the order met.</summary>
    public IReadOnlyList<Rule> Rules => _rules;

    /// <summary>Draws a step: the seldomer one was chosen so far, the likelier.</summary>
    /// <param name="offered">At least one step.</param>
    /// <param name="draws">The choice.</param>
    public uint Choose(List<uint> offered, ref Draws draws)
    {
        var total = 0;
        foreach (var step in offered)
        {
            total += Weight(step);
        }

        var left = draws.Below(total);
        var at = 0;
        while (left >= Weight(offered[at]))
        {
            left -= Weight(offered[at]);
            at++;
        }

        _times[offered[at]] = _times.GetValueOrDefault(offered[at]) + 1;
        return offered[at];
    }

    /// <summary>A step was made.</summary>
    /// <param name="answer">What the system answered.</param>
    /// <param name="state">Fingerprint of the state it led to.</param>
    /// <returns>Whether the state, or the rule that refused, is new.</returns>
    public bool Note(in StepAnswer answer, UInt128 state)
    {
        var isNew = _states.Count < MostStates && _states.Add(state);
        if (answer is { Verdict: StepVerdict.Refused, Outcome.DecidedBy: { } rule } && !_rules.Contains(rule))
        {
            _rules.Add(rule);
            isNew = true;
        }

        return isNew;
    }

    /// <summary>Keeps a state to go on from, in the place of the oldest once there are many.</summary>
    /// <param name="waypoint">The state.</param>
    public void Keep(Waypoint waypoint)
    {
        if (_waypoints.Count == MostWaypoints)
        {
            _waypoints.RemoveAt(0);
        }

        _waypoints.Add(waypoint);
    }

    /// <summary>Draws a state to go on from: half the time the newest, as it is likely the deepest.</summary>
    /// <param name="draws">The choice.</param>
    /// <param name="waypoint">The state.</param>
    public bool TryDrawWaypoint(ref Draws draws, [NotNullWhen(true)] out Waypoint? waypoint)
    {
        var count = _waypoints.Count;
        waypoint = count == 0 ? null : _waypoints[draws.OnceIn(2) ? count - 1 : draws.Below(count)];
        return waypoint is not null;
    }

    private int Weight(uint step) => 1 + (1024 / (1 + _times.GetValueOrDefault(step)));
}
