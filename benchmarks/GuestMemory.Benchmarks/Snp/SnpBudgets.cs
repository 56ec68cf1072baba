namespace GuestMemory.Benchmarks;

/// <summary>The quick table's lines about SEV-SNP.</summary>
internal static class SnpBudgets
{
    private const double Nano = 1e9;
    private const double MiB = 1 << 20;

    public static IEnumerable<Budget> All() => LookUps(PageSize.Size4K).Concat(LookUps(PageSize.Size2M)).Concat(Instructions()).Concat(MapRun());

    private static IEnumerable<Budget> LookUps(PageSize pages)
    {
        var loops = new SnpLookUpBenchmarks { Pages = pages };
        loops.SetUp();
        const string waits = "each index waits for the last answer";
        const string free = "independent";
        Func<ulong>[] dependent = [loops.ArrayReadDependent, loops.LookUpDependent, loops.CheckAndLookUpDependent];
        Func<ulong>[] independent = [loops.ArrayRead, loops.LookUp, loops.Check, loops.CheckAndLookUp];
        (string, double?)[] bothDependent = [("look-up", 1.5), ("check and look-up", 1.5)];
        (string, double?)[] allIndependent = [("look-up", 3.5), ("check", 3.5), ("check and look-up", null)];
        var name = pages == PageSize.Size4K ? "4K" : "2M";
        yield return new($"64 GiB of {name} pages; the array compared with", loops.ArrayMiB, "MiB");
        const int reads = SnpLookUpBenchmarks.Reads;
        foreach (var line in LookUpLoops.Compare(waits, reads, dependent, bothDependent).Concat(LookUpLoops.Compare(free, reads, independent, allIndependent)))
        {
            yield return line;
        }

        yield return new("  allocated by a million checks and look-ups", Measure.Bytes(() => LookUpLoops.Repeat(independent[3])), "bytes", 1);
    }

    private static IEnumerable<Budget> Instructions()
    {
        const double calls = SnpInstructionBenchmarks.Calls;
        var instructions = new SnpInstructionBenchmarks();
        instructions.SetUp();
        Func<bool> update = instructions.RmpUpdate;
        Func<bool> validate = instructions.Pvalidate;
        yield return new("RMPUPDATE of 4K", Measure.Seconds(() => Do(update)) / calls * Nano, "ns", 50);
        yield return new("PVALIDATE of 4K", Measure.Seconds(() => Do(validate)) / calls * Nano, "ns", 50);
        yield return new("PSMASH", Measure.Seconds(() => Do(instructions.Psmash), before: instructions.MakeLargePages, warmUp: 0.2, rounds: 21) / calls * Nano, "ns", 50);
        yield return new("  allocated by 65,536 of each of the first two", Measure.Bytes(() => Do(update)) + Measure.Bytes(() => Do(validate)), "bytes", 1);
    }

    private static IEnumerable<Budget> MapRun()
    {
        var map = new SnpMapRunBenchmarks();
        map.MakeFresh();
        yield return new("1 TiB as 2M pages in the RMP, allocated for it", Measure.Bytes(() => Do(map.TableLeafByLeaf)) / MiB, "MiB", 64);
        yield return new("  page by page", Measure.Seconds(() => Do(map.TableLeafByLeaf), before: map.MakeFresh, warmUp: 0.2) * 1e3, "ms", 50);
        map.MakeHost();
        yield return new("  with the host's whole path to it, allocated", Measure.Bytes(() => Do(map.WholePathLeafByLeaf)) / MiB, "MiB", 64);
        yield return new("    looked up, prepared and mapped, page by page", Measure.Seconds(() => Do(map.WholePathLeafByLeaf), before: map.MakeHost, warmUp: 0.2) * 1e3, "ms", 150);
        map.MakeMapped();
        yield return new("    then one 4K page freed in each of 1,000, per 2M page", Measure.Seconds(() => Do(map.FreeOneOfEach), before: map.MakeMapped, warmUp: 0.01) / SnpMapRunBenchmarks.Shared * 1e6, "us");
        map.MakeAssigned();
        yield return new("  then one 4K page shared in each of 1,000, allocated for it", Measure.Bytes(() => Do(map.ShareOneOfEach)) / MiB, "MiB");
        yield return new("    per 2M page", Measure.Seconds(() => Do(map.ShareOneOfEach), before: map.MakeAssigned, warmUp: 0.02, rounds: 21) / SnpMapRunBenchmarks.Shared * 1e6, "us");
    }

    private static void Do(Func<bool> work)
    {
        if (!work())
        {
            throw new InvalidOperationException("A call that is measured was refused.");
        }
    }
}
