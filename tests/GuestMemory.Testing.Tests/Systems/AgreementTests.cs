using GuestMemory.Testing.Tests.Search;
using Xunit;

namespace GuestMemory.Testing.Tests.Systems;

/// <summary>The search says the same of every real system however it is run.</summary>
public sealed class AgreementTests
{
    private static readonly StepSystemOptions s_small = new() { Guests = 2, Pages = 2, Vcpus = 2 };

    public static TheoryData<string> Systems => [.. SearchableSystems.All.Select(source => source.Name)];

    [Theory]
    [MemberData(nameof(Systems))]
    public void One_worker_two_workers_and_merged_shards_agree(string name)
    {
        var source = SearchableSystems.Find(name);
        using var folder = new TemporaryFolder();
        var options = new SearchOptions { Depth = 4 };
        var one = Run(source, options);

        Assert.Equal(Told(one), Told(Run(source, options with { Workers = 2 })));

        var paths = Enumerable.Range(1, 3).Select(number => folder.File($"{number}")).ToArray();
        for (var at = 0; at < paths.Length; at++)
        {
            Run(source, options with { Shard = new(at + 1, paths.Length), ResultFile = paths[at] });
        }

        // Where something is found the search ends at once, and shards end at different places.
        var merged = ShardResults.Merge(paths);
        Assert.Equal((one.End, one.Counterexample?.Steps.Count, one.Counterexample?.Breaks), (merged.End, merged.Counterexample?.Steps.Count, merged.Counterexample?.Breaks));
        Assert.True(one.Counterexample is not null || Told(one) == Told(merged), $"{Told(one)}\n{Told(merged)}");
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void With_and_without_symmetry_the_verdicts_agree(string name)
    {
        var source = SearchableSystems.Find(name);
        var reduced = Run(source, new() { Depth = 4 });
        var plain = Run(source, new() { Depth = 4, UsesSymmetry = false });

        Assert.Equal((plain.End, plain.Depth, plain.Counterexample?.Steps.Count), (reduced.End, reduced.Depth, reduced.Counterexample?.Steps.Count));
        Assert.Equal(plain.Properties, reduced.Properties);
        Assert.Equal(plain.RulesSeen, reduced.RulesSeen);
        Assert.Equal(source.Create(s_small) is ISymmetricSystem, reduced.States < plain.States);
    }

    private static SearchReport Run(IStepSystemSource source, SearchOptions options) => new StateSearch(() => source.Create(s_small), options).Run();

    private static string Told(SearchReport report) =>
        $"{report.End} {report.States} {report.Transitions} {report.Refused} {report.Outside} {report.Depth} {report.Frontier} [{string.Join(", ", report.Properties)}] [{string.Join(", ", report.RulesSeen)}]";
}
