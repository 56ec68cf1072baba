namespace GuestMemory.Testing;

/// <summary>Leaves out of a breaking sequence what it breaks without. A step that its state no longer offers is left out too, so that what remains is always a way the system can go.</summary>
internal sealed class StepShrinker(Func<IStepSystem> create, IReadOnlyList<Func<IStepSystem, StateProperty>> properties)
{
    // Beyond it there are too many pairs to try.
    private const int MostForPairs = 60;

    /// <summary>The counterexample of a breaking sequence, with as few of its steps as leaving out runs and pairs of them gives.</summary>
    public Counterexample Shrink(IReadOnlyList<uint> steps)
    {
        var best = Walk(steps) ?? throw new InvalidOperationException("A sequence that broke does not break again: the system is not deterministic, or its state is not whole.");
        int before;
        do
        {
            before = best.Steps.Count;
            for (var run = Math.Max(before / 2, 1); run > 0; run /= 2)
            {
                LeaveOutRuns(ref best, run);
            }

            LeaveOutPairs(ref best);
        }
        while (best.Steps.Count < before);
        return best;
    }

    private void LeaveOutRuns(ref Counterexample best, int run)
    {
        for (var at = 0; at < best.Steps.Count;)
        {
            var from = at;
            if (!TryWithout(ref best, place => place >= from && place < from + run))
            {
                at += run;
            }
        }
    }

    // What begins and what ends an operation only go together.
    private void LeaveOutPairs(ref Counterexample best)
    {
        for (var first = 0; first < best.Steps.Count && best.Steps.Count <= MostForPairs; first++)
        {
            for (var second = first + 1; second < best.Steps.Count; second++)
            {
                var (one, other) = (first, second);
                if (TryWithout(ref best, place => place == one || place == other))
                {
                    second = first;
                }
            }
        }
    }

    private bool TryWithout(ref Counterexample best, Func<int, bool> isLeftOut)
    {
        var shorter = Walk([.. best.Steps.Where((_, place) => !isLeftOut(place)).Select(static step => step.Code)]);
        if (shorter is null || shorter.Breaks != best.Breaks || shorter.Steps.Count >= best.Steps.Count)
        {
            return false;
        }

        best = shorter;
        return true;
    }

    private Counterexample? Walk(IReadOnlyList<uint> steps)
    {
        var walk = new CounterexampleWalk(create(), properties);
        var offered = new List<uint>();
        foreach (var step in steps)
        {
            offered.Clear();
            walk.System.FindSteps(offered);
            if (offered.Contains(step) && walk.Make(step))
            {
                break;
            }
        }

        return walk.ToCounterexample();
    }
}
