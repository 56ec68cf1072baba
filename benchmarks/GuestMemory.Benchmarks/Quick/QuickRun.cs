using System.Runtime.InteropServices;

namespace GuestMemory.Benchmarks;

/// <summary>Every budget once, in under a minute.</summary>
internal static class QuickRun
{
    private const double Million = 1e6;
    private const double MiB = 1 << 20;

    private static readonly (string Name, Func<IEnumerable<Budget>> Measure)[] s_parts =
    [
        ("replay", ReplayBudgets.Kvm), ("ranges", Ranges), ("steps", RandomSteps), ("map", MapRun), ("snp", SnpBudgets.All),
        ("tdx-lookup", TdxBudgets.LookUps), ("tdx-functions", TdxBudgets.Functions), ("tdx-map", TdxBudgets.MapRuns), ("tdx-replay", ReplayBudgets.Tdx),
        ("fscheck", SequenceBudgets.All), ("search", SearchBudgets.All),
    ];

    /// <summary>Measures and prints.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="names">Which parts, or what their names begin with up to a dash; none for all.</param>
    /// <returns>0; a missed budget is printed, not an error, since it depends on the machine.</returns>
    public static int Run(TextWriter output, IReadOnlyList<string> names)
    {
        output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors; processor time, one core");
        foreach (var budget in s_parts.Where(part => names.Count == 0 || names.Any(name => part.Name == name || part.Name.StartsWith(name + "-", StringComparison.Ordinal))).SelectMany(part => part.Measure()))
        {
            output.WriteLine(budget);
        }

        return 0;
    }

    private static IEnumerable<Budget> Ranges()
    {
        const ulong TiB = 1UL << 40;
        const int Times = 100_000;
        yield return Bytes("convert 1 TiB on a fresh machine", world => world.Convert(0, TiB, KvmWorld.Private));
        yield return Bytes("allocate 1 TiB on a fresh machine", world => world.Allocate(0, TiB));
        var warm = World();
        var convert = Measure.Seconds(() => Repeat(Times, () => warm.Convert(0, TiB, KvmWorld.Private) & warm.Convert(0, TiB, 0)));
        yield return new("convert 1 TiB as a range", convert / 2 / Times * 1e3, "ms", 1);
        var allocate = Measure.Seconds(() => Repeat(Times, () => warm.Allocate(0, TiB) & warm.Punch(0, TiB)));
        yield return new("allocate 1 TiB as a range, and punch it", allocate / Times * 1e3, "ms", 1);

        static KvmWorld World() => new(TiB, new() { Frames = 1UL << 30, FramesPerNode = 1UL << 30 });
        static Budget Bytes(string what, Func<KvmWorld, bool> work)
        {
            var world = World();
            return new(what, Measure.Bytes(() => Repeat(1, () => work(world))) / MiB, "MiB", 1);
        }
    }

    private static IEnumerable<Budget> RandomSteps()
    {
        const int Calls = 100_000;
        var counting = new CountingObserver();
        new RandomSteps(counting).Run(Calls);
        var stepsACall = counting.Steps / (double)Calls;
        var watched = new RandomSteps(new InvariantChecker());
        var seconds = Measure.Seconds(() => watched.Run(Calls));
        yield return new("random steps, every invariant on", Calls * stepsACall / seconds / Million, "M steps/s", 2, IsRate: true);
        yield return new("  the same as calls", Calls / seconds / Million, "M calls/s");
        var unwatched = new RandomSteps(null);
        yield return new("  with nobody watching", Calls / Measure.Seconds(() => unwatched.Run(Calls)) / Million, "M calls/s");
        InvariantChecker.Sweep(watched.Machine);
    }

    private static IEnumerable<Budget> MapRun()
    {
        var map = new MapRunBenchmarks();
        map.SetUp();
        yield return new("1 TiB as 2M pages, allocated for it on a fresh machine", Measure.Bytes(() => Repeat(1, map.LeafByLeaf)) / MiB, "MiB", 64);
        yield return new("  ownership alone, page by page", Measure.Seconds(() => Repeat(1, map.OwnershipLeafByLeaf)) * 1e3, "ms", 50);
        yield return new("  owned and mapped, page by page", Measure.Seconds(() => Repeat(1, map.LeafByLeaf)) * 1e3, "ms", 150);
        yield return new("  owned and mapped, as one run", Measure.Seconds(() => Repeat(1000, map.OneRun)), "ms", 150);
    }

    private static void Repeat(int times, Func<bool> work)
    {
        for (var time = 0; time < times; time++)
        {
            if (!work())
            {
                throw new InvalidOperationException("A call that is measured was refused.");
            }
        }
    }
}
