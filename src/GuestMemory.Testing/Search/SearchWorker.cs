using System.IO.Hashing;
using System.Numerics;
using System.Text;

namespace GuestMemory.Testing;

/// <summary>One worker: a system of its own that takes states, makes every step on each, and gives back the new states.</summary>
internal sealed partial class SearchWorker
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
}
