namespace GuestMemory.Testing;

/// <content>Work on one batch of chunks.</content>
internal sealed partial class SearchRun
{
    private volatile int _firstBroken;

    // Works on the next chunks of the level and adds what they reached; or answers the first thing broken, and adds nothing.
    private Breach? TryBatch()
    {
        var count = Math.Min(BatchChunks, _chunks.Count - _position);
        _firstBroken = int.MaxValue;
        ForEach(count, WorkOn);
        var broken = _firstBroken;
        for (var at = 0; at < Math.Min(count, broken == int.MaxValue ? count : broken + 1); at++)
        {
            _counts += _results[at].Counts;
        }

        CollectSeen(broken == int.MaxValue ? long.MaxValue : _chunksDone + broken);
        if (broken != int.MaxValue)
        {
            return _results[broken].Broken;
        }

        ForEach(VisitedStates.PartitionCount, partition => Add(partition, count));
        KeepRest(count);
        _position += count;
        _chunksDone += count;
        return null;
    }

    // States at the bound on depth are counted, not worked on; only a checkpoint may go on from them.
    private bool IsLastLevel => _depth + 1 >= _options.Depth && _options.Checkpoint is null;

    private void ForEach(int count, Action<int> action)
    {
        if (_options.Workers == 1)
        {
            for (var at = 0; at < count; at++)
            {
                action(at);
            }

            return;
        }

        Parallel.For(0, count, new() { MaxDegreeOfParallelism = _options.Workers }, action);
    }

    private void WorkOn(int at)
    {
        var result = _results[at];
        result.Clear();
        if (at > _firstBroken)
        {
            return;
        }

        var chunk = _chunks[_position + at];
        var worker = TakeWorker();
        worker.Work(_level[chunk.Partition], chunk.Chunk, _chunksDone + at, IsLastLevel, result);
        _idle.Add(worker);
        if (result.Broken is not null)
        {
            lock (_making)
            {
                _firstBroken = Math.Min(_firstBroken, at);
            }
        }
    }

    private SearchWorker TakeWorker()
    {
        if (_idle.TryTake(out var idle))
        {
            return idle;
        }

        lock (_making)
        {
            var worker = new SearchWorker(_create(), _visited, _options);
            _workers.Add(worker);
            return worker;
        }
    }

    private void Add(int partition, int count)
    {
        for (var at = 0; at < count; at++)
        {
            foreach (var candidate in _results[at].Candidates)
            {
                if (VisitedStates.PartitionOf(candidate.Fingerprint) == partition
                    && _visited.TryAdd(candidate.Fingerprint, candidate.Parent, candidate.Step, out var id))
                {
                    _results[at].BytesOf(candidate).CopyTo(_next[partition].Add(id, candidate.Length));
                }
            }
        }
    }

    private void KeepRest(int count)
    {
        for (var at = 0; at < count; at++)
        {
            _retries.AddRange(_results[at].Retries);
            _states?.Add(_results[at].Degrees);
        }
    }

    // What chunks after the first broken one saw does not count: which of them were worked on depends on the workers.
    private void CollectSeen(long lastChunk)
    {
        foreach (var worker in _workers)
        {
            foreach (var (rule, chunk) in worker.RulesSeen)
            {
                if (chunk <= lastChunk)
                {
                    _rulesSeen.Add(rule.Id);
                }
            }

            foreach (var (property, chunk) in worker.Shown)
            {
                if (chunk <= lastChunk)
                {
                    _shown.Add(worker.Properties[property].Name);
                }
            }
        }
    }
}
