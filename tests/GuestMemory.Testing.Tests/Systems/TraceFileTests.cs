using GuestMemory.Docs;
using Xunit;

namespace GuestMemory.Testing.Tests.Systems;

/// <summary>tests/Traces: each known bug as a bad recording, and the same steps with its rule on as a good one, each beside what replaying it shows.</summary>
public sealed class TraceFileTests
{
    private static readonly string s_folder = Path.Combine(RepositoryFolder.Path, "tests", "Traces");

    public static TheoryData<string> Bugs => ZooTests.Bugs;

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_s_recordings_replay_and_show_what_is_expected(string id)
    {
        var (source, bug) = ZooTests.Kept(id);
        Approve(source, bug);

        foreach (var (kind, options) in new[] { ("bad", bug.Options), ("good", bug.Options with { Rules = RuleSwitches.AllOn }) })
        {
            var path = Path.Combine(s_folder, $"{kind}_{id}.jsonl");
            var result = new ReplayRunner(new StepReplay(SearchableSystems.All)).Replay(path);
            Assert.Empty(result.Errors);
            Assert.Empty(result.Differences);
            Assert.True(result.Counts.Compared > 0);

            var expected = File.ReadAllText(Path.ChangeExtension(path, ".expected"));
            Assert.Equal(kind == "bad", expected.TrimEnd('\n').Split('\n')[^1].StartsWith($"  ! {bug.Breaks}", StringComparison.Ordinal));
            Assert.Equal(Shown(source, options, expected), expected);
        }
    }

    [Fact]
    public void Every_recording_is_of_a_pair_and_has_what_is_expected_of_it()
    {
        var ids = SearchableSystems.All.SelectMany(source => source.Bugs).Select(bug => bug.Id);
        var names = ids.SelectMany(id => new[] { $"bad_{id}.jsonl", $"bad_{id}.expected", $"good_{id}.jsonl", $"good_{id}.expected" });

        Assert.Equal(names.Order(StringComparer.Ordinal), Directory.EnumerateFiles(s_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    // The steps of an expected text, made again.
    private static string Shown(IStepSystemSource source, StepSystemOptions options, string expected)
    {
        var words = expected.Split('\n').Where(line => line.Contains(" -> ", StringComparison.Ordinal)).Select(line => line[5..line.IndexOf(" -> ", StringComparison.Ordinal)]).ToArray();
        return Text(() => source.Create(options), words);
    }

    private static string Text(Func<IStepSystem> create, IReadOnlyList<string> words)
    {
        var steps = StepTrace.Follow(create, words);
        return steps[^1].Answer.StartsWith("breaks", StringComparison.Ordinal)
            ? $"{Counterexample.Walk(create, steps.Select(step => step.Code))}\n"
            : string.Concat(steps.Select((step, at) => $"{at + 1,3}. {step}\n")) + "  nothing broken\n";
    }

    private static void Approve(IStepSystemSource source, KnownBug bug)
    {
        if (Environment.GetEnvironmentVariable("GUESTMEMORY_APPROVE") != "1")
        {
            return;
        }

        var words = KnownBugSearch.Find(source, bug).Counterexample!.Steps.Select(step => step.Words).ToArray();
        foreach (var (kind, options) in new[] { ("bad", bug.Options), ("good", bug.Options with { Rules = RuleSwitches.AllOn }) })
        {
            var path = Path.Combine(Directory.CreateDirectory(s_folder).FullName, $"{kind}_{bug.Id}.jsonl");
            using var text = new StringWriter();
            StepTrace.Write(text, $"{kind}_{bug.Id}", source.Name, options, StepTrace.Follow(() => source.Create(options), words));
            File.WriteAllText(path, text.ToString());
            File.WriteAllText(Path.ChangeExtension(path, ".expected"), Text(() => source.Create(options), words));
        }
    }
}
