namespace GuestMemory.Testing;

/// <summary>How far and how a <see cref="StateSearch"/> goes. Bounds that are reached are named in the report.</summary>
public sealed record SearchOptions
{
    /// <summary>Most steps of a path, at least 0. Default: no bound.</summary>
    public int Depth { get; init; } = int.MaxValue;

    /// <summary>Most different states, at least 1; a batch more may be counted. Default and largest: 2^31.</summary>
    public long States { get; init; } = 1L << 31;

    /// <summary>Most bytes of visited states and frontier together; a batch more may be taken. Default: no bound.</summary>
    public long Bytes { get; init; } = long.MaxValue;

    /// <summary>Longest time, as <see cref="Clock"/> tells it. Default: no bound.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.MaxValue;

    /// <summary>The clock; default: none, and then <see cref="Time"/> and <see cref="CheckpointEvery"/> are not looked at. Nothing that is found depends on it but where the search ends.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>Threads, at least 1, each with a system of its own. Default 1. The answer is the same for any number.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Whether states of an <see cref="ISymmetricSystem"/> that differ only in which of like things is which count as one. Default: yes. Not together with <see cref="Preemptions"/>: a schedule tells actors apart.</summary>
    public bool UsesSymmetry { get; init; } = true;

    /// <summary>Most times an actor of an <see cref="IScheduledSystem"/> may be interrupted midway, at least 0. Default: no bound, and actors are not told apart.</summary>
    public int? Preemptions { get; init; }

    /// <summary>Which part of the states to search. Default: all.</summary>
    public SearchShard? Shard { get; init; }

    /// <summary>Whether circles of <see cref="StepVerdict.Retry"/> alone are looked for, where nobody else is midway. Default: no; like things are told apart then.</summary>
    public bool FindsLassos { get; init; }

    /// <summary>Properties beside those of the system, made for each worker's own. Default: none.</summary>
    public IReadOnlyList<Func<IStepSystem, StateProperty>> Properties { get; init; } = [];

    /// <summary>Hears how far the search is, after every batch. Default: nobody.</summary>
    public Action<SearchProgress>? Progress { get; init; }

    /// <summary>File the search is written to when a bound or a cancellation ends it, and in between. Default: none.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>File that <see cref="ShardResults.Merge"/> takes: the states, each with its depth and the number of its steps. Default: none.</summary>
    public string? ResultFile { get; init; }

    /// <summary>How often the checkpoint is written in between. Default: every five minutes, as <see cref="Clock"/> tells it.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(5);

    internal SearchOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Depth);
        ArgumentOutOfRangeException.ThrowIfLessThan(States, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Bytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Preemptions ?? 0, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Preemptions ?? 0, byte.MaxValue);
        return this;
    }
}
