namespace GuestMemory.Testing;

/// <content>What is said in the end.</content>
internal sealed partial class SearchRun
{
    private SearchReport Found(Breach broken)
    {
        var steps = _visited.PathTo(broken.State);
        steps.Add(broken.Step);
        return Report(SearchEnd.Found, WalkAgain(steps));
    }

    // Made once more from the beginning, each step where it is offered.
    private Counterexample WalkAgain(List<uint> steps)
    {
        var walk = new CounterexampleWalk(_create(), _options.Properties);
        var offered = new List<uint>();
        foreach (var step in steps)
        {
            offered.Clear();
            walk.System.FindSteps(offered);
            if (!offered.Contains(step) || walk.Make(step))
            {
                break;
            }
        }

        return walk.ToCounterexample() is { } counterexample && counterexample.Steps.Count == steps.Count
            ? counterexample
            : throw new InvalidOperationException($"What {walk.System.Name} broke in the search it does not break again by the same {steps.Count} steps: it is not deterministic, or its state is not whole.");
    }

    private SearchReport Stop(SearchEnd end)
    {
        if (_options.Checkpoint is { } path && end != SearchEnd.Depth)
        {
            Write(path);
        }

        return Report(end);
    }

    private SearchReport Report(SearchEnd end, Counterexample? counterexample = null)
    {
        CollectSeen(counterexample is null ? long.MaxValue : -1);
        var depth = counterexample is { Steps.Count: > 0 } ? _depth + 1 : _depth;
        var report = new SearchReport(
            _workers[0].System.Name, end, _visited.Count, _counts.Transitions, _counts.Refused, _counts.Outside, depth, Waiting, _visited.Bytes, Math.Max(_mostFrontierBytes, FrontierBytes), WholeTime)
        {
            Counterexample = counterexample,
            Properties = [.. _workers[0].Properties.Select(property => VerdictOn(property, counterexample))],
            Lasso = counterexample is null && _options.FindsLassos ? new LassoFinder(_create, _visited, _retries).Find() : null,
            RulesSeen = [.. _rulesSeen.Order(StringComparer.Ordinal)],
        };
        if (_options.ResultFile is { } path)
        {
            ShardResults.Write(path, report, _visited, _states!, $"{_identity}, depth {_options.Depth}", _options.Shard ?? default);
        }

        return report;
    }

    private PropertyVerdict VerdictOn(StateProperty property, Counterexample? counterexample) => new(
        property.Name, property.Kind, property.Kind == PropertyKind.Sometimes ? _shown.Contains(property.Name) : counterexample?.Breaks != property.Name);
}
