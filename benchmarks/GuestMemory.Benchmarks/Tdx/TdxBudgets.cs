namespace GuestMemory.Benchmarks;

/// <summary>The quick table's lines about TDX.</summary>
internal static class TdxBudgets
{
    private const double Nano = 1e9;
    private const double Milli = 1e3;
    private const double MiB = 1 << 20;

    public static IEnumerable<Budget> LookUps() => LookUps(PageSize.Size4K).Concat(LookUps(PageSize.Size2M));

    public static IEnumerable<Budget> Functions()
    {
        var functions = new TdxFunctionBenchmarks();
        const int calls = TdxFunctionBenchmarks.Calls;
        yield return Time("array read as with 2M pages, each index waits for the last", functions.ArrayRead, null, calls);
        yield return Time("TDH.MEM.PAGE.AUG of 4K", functions.Augment, functions.MakeFree, calls, 100);
        yield return Time("TDG.MEM.PAGE.ACCEPT of 4K", functions.Accept, functions.MakePending, calls);
        yield return Time("TDH.MEM.RANGE.BLOCK", functions.Block, functions.MakeAccepted, calls);
        yield return Time("TDH.MEM.TRACK", functions.Track, null, calls);
        yield return Time("TDH.MEM.RANGE.UNBLOCK", functions.Unblock, functions.MakeTracked, calls);
        yield return Time("TDH.MEM.PAGE.RELOCATE", functions.Relocate, functions.MakeTracked, calls);
        yield return Time("TDH.MEM.PAGE.REMOVE", functions.Remove, functions.MakeTracked, calls);
        yield return Time("TDH.PHYMEM.PAGE.RDMD", functions.Read, functions.MakeAccepted, calls);
        yield return new("  allocated by 16,384 of each of these", Allocated(functions), "bytes", 1);
        yield return new("TDH.MEM.SEPT.ADD, the table's entries included", Seconds(functions.AddTables, functions.MakeUntabled) / calls * Nano, "ns");
        yield return new("  allocated for a table", Bytes(functions.AddTables, functions.MakeUntabled) / (double)calls, "bytes");
        yield return Time("array read again", functions.ArrayRead, null, calls);
        const int large = TdxFunctionBenchmarks.LargeCalls;
        var demote = Seconds(functions.Demote, functions.MakeDemotable, 101) / large;
        var promote = Seconds(functions.Promote, functions.MakePromotable, 101) / large;
        yield return new("TDH.MEM.PAGE.DEMOTE of 2M", demote * Nano, "ns");
        yield return new("TDH.MEM.PAGE.PROMOTE to 2M", promote * Nano, "ns");
    }

    public static IEnumerable<Budget> MapRuns()
    {
        var map = new TdxMapRunBenchmarks();
        yield return new("1 TiB of free pages, allocated for the PAMT", Measure.Bytes(() => TdxMapRunBenchmarks.FreeTable()) / MiB, "MiB", 1);
        yield return new("1 TiB as 2M pages in the PAMT, allocated for it", Bytes(map.EntryByEntry, map.MakeTable) / MiB, "MiB", 64);
        yield return new("  page by page", Seconds(map.EntryByEntry, map.MakeTable) * Milli, "ms", 50);
        yield return new("  in the module, Secure EPT and all: AUG, allocated", Bytes(map.LeafByLeaf, map.MakeFresh) / MiB, "MiB", 64);
        yield return new("    page by page", Seconds(map.LeafByLeaf, map.MakeFresh) * Milli, "ms");
        yield return new("  with the host's whole path to it, allocated", Bytes(map.WholePathLeafByLeaf, map.MakeHost) / MiB, "MiB", 64);
        yield return new("    looked up, prepared, given and mapped, page by page", Seconds(map.WholePathLeafByLeaf, map.MakeHost) * Milli, "ms", 150);
        yield return new("64 GiB of a TD, AUG and ACCEPT of 2M, allocated", Bytes(map.BuildLarge, map.MakeSmaller) / MiB, "MiB");
        yield return new("  page by page", Seconds(map.BuildLarge, map.MakeSmaller) * Milli, "ms", 25);
    }

    private static IEnumerable<Budget> LookUps(PageSize pages)
    {
        var loops = new PamtLookUpBenchmarks { Pages = pages };
        loops.SetUp();
        var name = pages == PageSize.Size4K ? "4K" : "2M";
        yield return new($"64 GiB of {name} pages; the array compared with", loops.ArrayMiB, "MiB");
        yield return new("  allocated a page, Secure EPT entries not included", loops.BytesAPage, "bytes", pages == PageSize.Size4K ? 24 : null);
        const int reads = PamtLookUpBenchmarks.Reads;
        var dependent = LookUpLoops.Compare("each index waits for the last answer", reads, [loops.ArrayReadDependent, loops.LookUpDependent], [("look-up", 1.5)]);
        var independent = LookUpLoops.Compare("independent", reads, [loops.ArrayRead, loops.LookUp], [("look-up", 3.5)]);
        foreach (var line in dependent.Concat(independent))
        {
            yield return line;
        }

        Func<ulong> lookUp = loops.LookUp;
        yield return new("  allocated by a million look-ups", Measure.Bytes(() => LookUpLoops.Repeat(lookUp)), "bytes", 1);
    }

    private static Budget Time(string what, Func<bool> work, Action? before, int calls, double? limit = null) =>
        new(what, Seconds(work, before, 101) / calls * Nano, "ns", limit);

    private static double Seconds(Func<bool> work, Action? before, int rounds = 21) =>
        Measure.Seconds(() => TdxBench.Do(work()), before: before, warmUp: 0.2, rounds: rounds);

    private static long Bytes(Func<bool> work, Action before)
    {
        before();
        return Measure.Bytes(() => TdxBench.Do(work()));
    }

    private static long Allocated(TdxFunctionBenchmarks functions) =>
        Bytes(functions.Augment, functions.MakeFree) + Bytes(functions.Accept, functions.MakePending) + Bytes(functions.Block, functions.MakeAccepted)
        + Bytes(functions.Track, functions.MakeAccepted) + Bytes(functions.Unblock, functions.MakeTracked) + Bytes(functions.Relocate, functions.MakeTracked)
        + Bytes(functions.Remove, functions.MakeTracked) + Bytes(functions.Read, functions.MakeAccepted);
}
