using System.Collections.Concurrent;

namespace GuestMemory.Testing;

/// <summary>One search under way: levels, and batches of a level. Work on a batch only reads what was visited; its new states are then added in the batch's order, so that any number of workers gives the same.</summary>
internal sealed partial class SearchRun
{
    private const int BatchChunks = 32;
    private readonly Func<IStepSystem> _create;
    private readonly SearchOptions _options;
    private readonly VisitedStates _visited = new();
    private readonly ConcurrentBag<SearchWorker> _idle = [];
    private readonly List<SearchWorker> _workers = [];
    private readonly ChunkResult[] _results = new ChunkResult[BatchChunks];
    private readonly List<LevelChunk> _chunks = [];
    private readonly List<RetryEdge> _retries = [];
    private readonly ShardStates? _states;
    private readonly HashSet<string> _rulesSeen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);
    private readonly Lock _making = new();
    private Frontier[] _level = NewFrontier();
    private Frontier[] _next = NewFrontier();
    private string _identity = "";
    private SearchCounts _counts;
    private int _depth;
    private int _position;
    private long _chunksDone;
    private long _mostFrontierBytes;
    private bool _isDealt;
    private long _started;
    private TimeSpan _saved;
    private TimeSpan _earlier;

    public SearchRun(Func<IStepSystem> create, SearchOptions options)
    {
        (_create, _options) = (create, options);
        _states = options.ResultFile is null ? null : new();
        for (var at = 0; at < BatchChunks; at++)
        {
            _results[at] = new();
        }
    }

    private TimeSpan Elapsed => _options.Clock?.GetElapsedTime(_started) ?? TimeSpan.Zero;

    // With the time before it was written and resumed.
    private TimeSpan WholeTime => _earlier + Elapsed;

    private long Waiting
    {
        get
        {
            var waiting = 0L;
            for (var at = _position; at < _chunks.Count; at++)
            {
                waiting += _chunks[at].Chunk.States;
            }

            return waiting + _next.Sum(static part => part.Count);
        }
    }

    private long FrontierBytes => _level.Sum(static part => part.Bytes) + _next.Sum(static part => part.Bytes);

    /// <summary>Begins with the first state; a report when that is broken already.</summary>
    public SearchReport? Start()
    {
        _started = _options.Clock?.GetTimestamp() ?? 0;
        var worker = TakeWorker();
        var fingerprint = worker.First(out var stored);
        _identity = Identity(worker, fingerprint);
        var broken = worker.FirstBroken();
        _idle.Add(worker);
        _visited.TryAdd(fingerprint, VisitedStates.NoParent, 0, out var id);
        stored.CopyTo(_level[VisitedStates.PartitionOf(fingerprint)].Add(id, stored.Length));
        ListChunks();
        return broken is null ? null : Report(SearchEnd.Found, new(worker.System.Name, broken.Name, broken.Says, []));
    }

    public SearchReport Go(CancellationToken cancellation)
    {
        _started = _options.Clock?.GetTimestamp() ?? 0;
        while (true)
        {
            if (_position == _chunks.Count && !TryNextLevel())
            {
                return Report(SearchEnd.Exhausted);
            }

            if (EndBefore(cancellation) is { } end)
            {
                return Stop(end);
            }

            if (TryBatch() is { } broken)
            {
                return Found(broken);
            }

            AfterBatch();
        }
    }

    private static Frontier[] NewFrontier() => [.. Enumerable.Range(0, VisitedStates.PartitionCount).Select(static _ => new Frontier())];

    private SearchEnd? EndBefore(CancellationToken cancellation) => this switch
    {
        _ when _depth >= _options.Depth => SearchEnd.Depth,
        _ when cancellation.IsCancellationRequested => SearchEnd.Cancelled,
        _ when _visited.Count >= _options.States => SearchEnd.States,
        _ when _options.Bytes != long.MaxValue && _visited.Bytes + FrontierBytes >= _options.Bytes => SearchEnd.Bytes,
        _ when Elapsed >= _options.Time => SearchEnd.Time,
        _ => null,
    };

    private bool TryNextLevel()
    {
        if (_next.All(static part => part.Count == 0))
        {
            return false;
        }

        (_level, _next) = (_next, _level);
        foreach (var part in _next)
        {
            part.Clear();
        }

        _depth++;
        _states?.BeginLevel(_visited);
        if (!_isDealt && _options.Shard is { Of: > 1 } shard && _level.Sum(static part => part.Count) >= (long)shard.Of * SearchShard.StatesEach)
        {
            Deal(shard);
        }

        ListChunks();
        return _chunks.Count > 0 || TryNextLevel();
    }

    // The other shards' states stay visited: they are worked on there.
    private void Deal(SearchShard shard)
    {
        _isDealt = true;
        for (var partition = 0; partition < _level.Length; partition++)
        {
            foreach (var chunk in _level[partition].Chunks)
            {
                var left = chunk;
                while (_level[partition].TryTake(ref left, out var id, out var stored))
                {
                    if (shard.Has(_visited[id].High << VisitedStates.PartitionBits))
                    {
                        stored.CopyTo(_next[partition].Add(id, stored.Length));
                    }
                }
            }

            _level[partition].Clear();
        }

        (_level, _next) = (_next, _level);
    }

    private void ListChunks()
    {
        _chunks.Clear();
        _position = 0;
        for (var partition = 0; partition < _level.Length; partition++)
        {
            foreach (var chunk in _level[partition].Chunks)
            {
                _chunks.Add(new(partition, chunk));
            }
        }
    }

    private void AfterBatch()
    {
        _mostFrontierBytes = Math.Max(_mostFrontierBytes, FrontierBytes);
        _options.Progress?.Invoke(new(_visited.Count, _counts.Transitions, _depth, Waiting, _visited.Bytes + FrontierBytes, WholeTime));
        if (_options.Checkpoint is { } path && _options.Clock is not null && Elapsed - _saved >= _options.CheckpointEvery)
        {
            _saved = Elapsed;
            Write(path);
        }
    }
}
