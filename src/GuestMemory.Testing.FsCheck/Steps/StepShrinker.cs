namespace GuestMemory.Testing;

/// <summary>Simpler sequences of steps, each of which the system offers from beginning to end.</summary>
/// <param name="walker">Who walks.</param>
/// <remarks>A simpler sequence is shorter, or as long with a smaller step number at the first place where they differ: shrinking ends.</remarks>
internal sealed class StepShrinker(StepWalker walker)
{
    private const int MostReplaced = 16;

    /// <summary>Simpler sequences: without the circles it walks, without parts, with single steps instead of pairs, with other steps. What becomes impossible is left out.</summary>
    /// <param name="steps">The sequence.</param>
    public IEnumerable<uint[]> Shrink(uint[] steps) =>
        Candidates(steps).Select(candidate => walker.Walk(candidate)).Where(walked => IsSimpler(walked, steps));

    private IEnumerable<uint[]> Candidates(uint[] steps)
    {
        yield return WithoutCircles(steps);
        foreach (var part in Shorter.Parts(steps.Length))
        {
            yield return Shorter.Without(steps, part);
        }

        for (var at = 0; at < steps.Length && steps.Length <= MostReplaced; at++)
        {
            foreach (var other in OfferedAfter(steps.AsSpan(0, at)))
            {
                yield return [.. steps.AsSpan(0, at), other, .. steps.AsSpan(Math.Min(at + 2, steps.Length))];
                if (other < steps[at])
                {
                    yield return [.. steps.AsSpan(0, at), other, .. steps.AsSpan(at + 1)];
                }
            }
        }
    }

    private uint[] OfferedAfter(ReadOnlySpan<uint> steps)
    {
        walker.Walk(steps);
        return [.. walker.Offered()];
    }

    // Equal states offer the same steps and answer them alike, so what lies between two of them can go.
    private uint[] WithoutCircles(uint[] steps)
    {
        walker.Restart();
        var made = new List<uint>(steps.Length);
        var places = new Dictionary<UInt128, int> { [walker.Fingerprint()] = 0 };
        foreach (var step in steps)
        {
            made.Add(step);
            if (!walker.Offers(step) || walker.Make(step, out _) != StepEnd.GoesOn)
            {
                break;
            }

            var state = walker.Fingerprint();
            if (places.TryGetValue(state, out var place))
            {
                made.RemoveRange(place, made.Count - place);
                Forget(places, place);
            }
            else
            {
                places[state] = made.Count;
            }
        }

        return [.. made];
    }

    private static void Forget(Dictionary<UInt128, int> places, int after)
    {
        foreach (var (state, place) in places)
        {
            if (place > after)
            {
                places.Remove(state);
            }
        }
    }

    private static bool IsSimpler(uint[] walked, uint[] steps) =>
        walked.Length < steps.Length || (walked.Length == steps.Length && walked.AsSpan().SequenceCompareTo(steps) < 0);
}
