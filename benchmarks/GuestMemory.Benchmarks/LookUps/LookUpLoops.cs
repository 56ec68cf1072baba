namespace GuestMemory.Benchmarks;

/// <summary>Loops of random reads beside each other: the first over a plain array, the others as multiples of it.</summary>
internal static class LookUpLoops
{
    /// <summary>How often a loop is called in a round.</summary>
    public const int Calls = 64;

    private const double Nano = 1e9;

    /// <summary>The lines of a comparison.</summary>
    /// <param name="how">How the reads follow each other.</param>
    /// <param name="reads">Reads of one call.</param>
    /// <param name="loops">The array's loop, then those compared with it.</param>
    /// <param name="lines">What those are, and their limits.</param>
    public static IEnumerable<Budget> Compare(string how, int reads, Func<ulong>[] loops, (string What, double? Limit)[] lines)
    {
        var seconds = Measure.InTurns(Array.ConvertAll<Func<ulong>, Action>(loops, loop => () => Repeat(loop)));
        yield return new($"  array read, {how}", seconds[0] / (reads * (double)Calls) * Nano, "ns");
        for (var line = 0; line < lines.Length; line++)
        {
            yield return new($"  {lines[line].What}, {how}", seconds[line + 1] / seconds[0], "x the array", lines[line].Limit);
        }
    }

    /// <summary>One round of a loop.</summary>
    public static void Repeat(Func<ulong> loop)
    {
        for (var call = 0; call < Calls; call++)
        {
            loop();
        }
    }
}
