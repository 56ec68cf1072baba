using System.IO.Hashing;
using System.Numerics;
using System.Text;

namespace GuestMemory.Testing;

/// <summary>One worker: a system of its own that takes states, makes every step on each, and gives back the new states.</summary>
internal sealed class SearchWorker
{
    private readonly VisitedStates _visited;
    private readonly IPartedState _parts;
    private readonly ScheduledParts? _schedule;
    private readonly CanonicalOrder? _order;
    private readonly StateProperty[] _properties;
    private readonly StateParts _before;
    private readonly StateParts _after;
    private readonly UInt128[] _held;
    private readonly UInt128[] _mixed;
    private readonly List<uint> _steps = [];
    private readonly ulong _all;
    private readonly bool _countsEach;
    private readonly bool _keepsRetries;
    private bool _knowsHeld;
    private bool _isLast;
    private long _chunk;
    private SearchCounts _counts;

    public SearchWorker(IStepSystem system, VisitedStates visited, SearchOptions options)
    {
        System = system;
        _visited = visited;
        var parts = system as IPartedState ?? new WholeState(system);
        if (options.Preemptions is { } bound)
        {
            var scheduled = system as IScheduledSystem ?? throw new ArgumentException($"{system.Name} has no actors, so no preemptions can be counted.");
            parts = _schedule = new(scheduled, parts, bound);
        }

        _countsEach = options.ResultFile is not null;
        _keepsRetries = options.FindsLassos;
        _order = options.UsesSymmetry && !_keepsRetries && _schedule is null && system is ISymmetricSystem symmetric ? new(symmetric) : null;
        _parts = parts;
        _properties = PropertyChecks.Of(system, options.Properties);
        (_before, _after) = (new(parts.Parts), new(parts.Parts));
        _held = new UInt128[parts.Parts];
        _mixed = new UInt128[parts.Parts];
        _all = ulong.MaxValue >> (64 - parts.Parts);
    }

    public IStepSystem System { get; }

    public bool UsesSymmetry => _order is not null;

    public IReadOnlyList<StateProperty> Properties => _properties;

    /// <summary>The rules that refused, each with the first chunk it did in.</summary>
    public Dictionary<Rule, long> RulesSeen { get; } = [];

    /// <summary>Which properties of the kind <see cref="PropertyKind.Sometimes"/> were shown, by index, each with the first chunk it was in.</summary>
    public Dictionary<int, long> Shown { get; } = [];

    /// <summary>The state the system is in now: fingerprint and stored form.</summary>
    public UInt128 First(out byte[] stored)
    {
        _knowsHeld = false;
        _after.Write(_parts, _all);
        stored = new byte[_after.StoredLength];
        _after.Store(_all, _after, stored);
        LookAtSometimes();
        return _order?.Fingerprint() ?? StateParts.Fingerprint(_after.Hashes);
    }

    public StateProperty? FirstBroken() => PropertyChecks.FirstBroken(_properties);

    /// <summary>Hash of what the present state offers, in words: tells systems apart whose first states have equal bytes.</summary>
    public UInt128 DigestOfSteps()
    {
        _steps.Clear();
        System.FindSteps(_steps);
        return XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(string.Join('\n', _steps.Select(System.Describe))));
    }

    /// <summary>Works on the states of a chunk, up to the first thing broken.</summary>
    /// <param name="frontier">Where they lie.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="number">Its number, counted over the whole search.</param>
    /// <param name="isLast">Whether the new states will not be worked on.</param>
    /// <param name="result">What it gives.</param>
    public void Work(Frontier frontier, FrontierChunk chunk, long number, bool isLast, ChunkResult result)
    {
        _counts = default;
        (_chunk, _isLast) = (number, isLast);
        while (result.Broken is null && frontier.TryTake(ref chunk, out var id, out var stored))
        {
            Take(stored);
            var before = _counts;
            Expand(id, result);
            if (_countsEach)
            {
                result.Degrees.Add(new(id, _counts - before));
            }
        }

        result.Counts = _counts;
    }

    /// <summary>Puts the system into a state.</summary>
    private void Take(ReadOnlySpan<byte> stored)
    {
        _before.Hashes.CopyTo(_held);
        _before.Load(stored);
        var differing = _all;
        if (_knowsHeld)
        {
            for (var part = 0; part < _held.Length; part++)
            {
                differing &= _held[part] == _before.Hashes[part] ? ~(1UL << part) : ulong.MaxValue;
            }
        }

        Restore(differing);
        _before.Hashes.CopyTo(_mixed);
        _knowsHeld = true;
    }

    private void Restore(ulong parts)
    {
        for (var left = parts; left != 0; left &= left - 1)
        {
            var part = BitOperations.TrailingZeroCount(left);
            var reader = new StateReader(_before[part]);
            _parts.ReadPart(part, ref reader);
        }

        if (parts != 0)
        {
            _parts.PartsRead(parts);
        }
    }

    private void Expand(uint id, ChunkResult result)
    {
        _steps.Clear();
        System.FindSteps(_steps);
        _schedule?.Consider(_steps);
        foreach (var step in _steps)
        {
            var cost = _schedule?.CostOf(step) ?? 0;
            if (_schedule is not null && !_schedule.Allows(cost))
            {
                continue;
            }

            if (!TryMake(id, step, cost, result))
            {
                _knowsHeld = false;
                return;
            }
        }
    }

    // False when something is broken.
    private bool TryMake(uint id, uint step, int cost, ChunkResult result)
    {
        try
        {
            var isAlone = _keepsRetries && IsAlone(step);
            var touched = Apply(step, cost, out var verdict);
            return TryFollow(id, step, touched == 0 ? 0 : Changed(touched), isAlone && verdict == StepVerdict.Retry, result);
        }
        catch (ModelInvariantException)
        {
            _counts += new SearchCounts(1, 0, 0);
            result.Broken = new(id, step);
            return false;
        }
        catch (OutsideModelException)
        {
            _counts += new SearchCounts(0, 0, 1);
            Restore(_all);
            return true;
        }
    }

    private ulong Apply(uint step, int cost, out StepVerdict verdict)
    {
        var answer = System.Apply(step);
        verdict = answer.Verdict;
        _counts += answer.Verdict == StepVerdict.Refused ? new SearchCounts(0, 1, 0) : new SearchCounts(1, 0, 0);

        // A rule may also be why a step has to be tried again.
        if (answer.Outcome.DecidedBy is { } rule && (!RulesSeen.TryGetValue(rule, out var first) || first > _chunk))
        {
            RulesSeen[rule] = _chunk;
        }

        var touched = answer.Touched & _all;
        if (_schedule is null || (touched == 0 && answer.Verdict == StepVerdict.Refused))
        {
            return touched;
        }

        _schedule.Made(step, cost);
        return touched | _schedule.OwnPart;
    }

    private ulong Changed(ulong touched)
    {
        _after.Write(_parts, touched);
        var changed = touched;
        for (var left = touched; left != 0; left &= left - 1)
        {
            var part = BitOperations.TrailingZeroCount(left);
            if (_after.Hashes[part] == _before.Hashes[part])
            {
                changed &= ~(1UL << part);
            }
        }

        return changed;
    }

    // Whether nobody else is in the middle of something.
    private bool IsAlone(uint step)
    {
        if (System is IScheduledSystem scheduled)
        {
            for (var actor = 0; actor < scheduled.Actors.Count; actor++)
            {
                if (actor != scheduled.ActorOf(step) && scheduled.IsMidway(actor))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool TryFollow(uint id, uint step, ulong changed, bool isRetry, ChunkResult result)
    {
        if (changed == 0)
        {
            if (isRetry)
            {
                result.Retries.Add(new(id, step, StateParts.Fingerprint(_before.Hashes)));
            }

            return true;
        }

        var fingerprint = _order?.Fingerprint() ?? FingerprintWith(changed);
        if (isRetry)
        {
            result.Retries.Add(new(id, step, fingerprint));
        }

        if (!_visited.Contains(fingerprint))
        {
            if (FirstBroken() is not null)
            {
                result.Broken = new(id, step);
                return false;
            }

            LookAtSometimes();
            if (_isLast)
            {
                result.Add(fingerprint, id, step);
            }
            else
            {
                result.Add(fingerprint, id, step, _after, changed, _before);
            }
        }

        Restore(changed);
        return true;
    }

    // The hashes of the state before, some exchanged for those after, and back.
    private UInt128 FingerprintWith(ulong changed)
    {
        for (var left = changed; left != 0; left &= left - 1)
        {
            var part = BitOperations.TrailingZeroCount(left);
            _mixed[part] = _after.Hashes[part];
        }

        var fingerprint = StateParts.Fingerprint(_mixed);
        for (var left = changed; left != 0; left &= left - 1)
        {
            var part = BitOperations.TrailingZeroCount(left);
            _mixed[part] = _before.Hashes[part];
        }

        return fingerprint;
    }

    private void LookAtSometimes()
    {
        for (var at = 0; at < _properties.Length; at++)
        {
            if (_properties[at].Kind == PropertyKind.Sometimes && (!Shown.TryGetValue(at, out var first) || first > _chunk) && _properties[at].Holds())
            {
                Shown[at] = _chunk;
            }
        }
    }
}
