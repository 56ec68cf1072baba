namespace GuestMemory.Benchmarks;

/// <summary>Times work in processor time of this process, not on the wall: the best of several rounds after warming up. So what else the machine does shows least.</summary>
internal static class Measure
{
    /// <summary>Processor seconds of the cheapest round.</summary>
    /// <param name="work">What is timed.</param>
    /// <param name="warmUp">Seconds spent on it before.</param>
    /// <param name="rounds">How often it is timed then.</param>
    /// <param name="before">Makes each round's start; not timed.</param>
    public static double Seconds(Action work, double warmUp = 1.0, int rounds = 7, Action? before = null)
    {
        for (var spent = 0.0; spent < warmUp;)
        {
            spent += Round(work, before);
        }

        var best = double.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            best = Math.Min(best, Round(work, before));
        }

        return best;
    }

    /// <summary>Processor seconds of the cheapest round of each of several works, in turns, so that a busy moment of the machine meets all of them.</summary>
    /// <param name="works">What is compared.</param>
    /// <param name="warmUps">Rounds of each before.</param>
    /// <param name="rounds">Rounds of each that count.</param>
    public static double[] InTurns(Action[] works, int warmUps = 2, int rounds = 7)
    {
        var best = Array.ConvertAll(works, _ => double.MaxValue);
        for (var round = -warmUps; round < rounds; round++)
        {
            for (var work = 0; work < works.Length; work++)
            {
                var seconds = Round(works[work], null);
                best[work] = round < 0 ? best[work] : Math.Min(best[work], seconds);
            }
        }

        return best;
    }

    /// <summary>Bytes this thread allocates for the work, done once.</summary>
    public static long Bytes(Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static double Round(Action work, Action? before)
    {
        before?.Invoke();
        var began = Now();
        work();
        return Now() - began;
    }

    private static double Now() => Environment.CpuUsage.TotalTime.TotalSeconds;
}
