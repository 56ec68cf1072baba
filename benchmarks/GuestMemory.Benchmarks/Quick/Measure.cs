namespace GuestMemory.Benchmarks;

/// <summary>Times work in processor time of this process, not on the wall: the best of several rounds after warming up. So what else the machine does shows least.</summary>
internal static class Measure
{
    /// <summary>Processor seconds of the cheapest round.</summary>
    public static double Seconds(Action work, double warmUp = 1.0, int rounds = 7)
    {
        var began = Now();
        do
        {
            work();
        }
        while (Now() - began < warmUp);

        var best = double.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            began = Now();
            work();
            best = Math.Min(best, Now() - began);
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

    private static double Now() => Environment.CpuUsage.TotalTime.TotalSeconds;
}
