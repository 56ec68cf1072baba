using GuestMemory.Kvm;
using GuestMemory.Rmp;
using GuestMemory.Tdx;
using GuestMemory.Testing;

namespace GuestMemory.Benchmarks;

/// <summary>The quick table's lines about searches: two guests, three pages, two vCPUs, contents kept and every invariant on.</summary>
internal static class SearchBudgets
{
    private const double Million = 1e6;
    private static readonly IStepSystemSource[] s_sources = [SoftwareSystems.Software, SnpSystems.Snp, TdxSystems.Tdx];
    private static readonly SearchOptions s_plain = new() { UsesSymmetry = false, States = 300_000 };

    /// <summary>All of them.</summary>
    public static IEnumerable<Budget> All()
    {
        foreach (var source in s_sources)
        {
            // As deep as three hundred thousand states, and to the end of that level.
            var options = new SearchOptions { UsesSymmetry = false, Depth = Search(source, s_plain).Depth };
            var report = Search(source, options);
            var seconds = Measure.Seconds(() => Search(source, options), warmUp: 3, rounds: 3);
            yield return new($"search of {source.Name} to depth {report.Depth}, {report.States:N0} states", report.Transitions / seconds / Million, "M trans./s", 1, IsRate: true);
            var (kept, keeping) = (Search(source, s_plain), Measure.Seconds(() => Search(source, s_plain), rounds: 3));
            yield return new($"  all of {kept.States:N0} states kept to go on from", kept.Transitions / keeping / Million, "M trans./s");
            yield return new("  memory that remembers a state", report.VisitedBytes / (double)report.States, "bytes", 48);
            yield return new("  frontier at its largest, all kept", kept.FrontierBytes / 1048576.0, "MiB");
            foreach (var budget in Likenesses(source, report.Depth - 1).Append(Walks(source)))
            {
                yield return budget;
            }
        }
    }

    private static IEnumerable<Budget> Likenesses(IStepSystemSource source, int depth)
    {
        var plain = Search(source, new() { UsesSymmetry = false, Depth = depth });
        var reduced = Search(source, new() { Depth = depth });
        yield return new($"  states to depth {depth}, with likenesses, of those without", reduced.States / (double)plain.States, "x");
        yield return new("    transitions a second then", reduced.Transitions / Measure.Seconds(() => Search(source, new() { Depth = depth }), rounds: 3) / Million, "M trans./s");
    }

    private static Budget Walks(IStepSystemSource source)
    {
        var options = new RandomWalkOptions { Walks = 2_000, Length = 200 };
        var report = new RandomWalks(() => source.Create(new()), options).Run();
        var seconds = Measure.Seconds(() => new RandomWalks(() => source.Create(new()), options).Run(), rounds: 3);
        return new("  random walks, every invariant on", (report.Steps + report.Refused) / seconds / Million, "M steps/s", 2, IsRate: true);
    }

    private static SearchReport Search(IStepSystemSource source, SearchOptions options) => new StateSearch(() => source.Create(new()), options).Run();
}
