using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Tdx.Tests.Replay;

public sealed class RecordingsTests
{
    // tdx-recordings, README: 81 cases of 18,079 operations, every one compared.
    [Theory]
    [InlineData("scenarios.jsonl.gz", 39, 3_419)]
    [InlineData("random.jsonl.gz", 42, 14_660)]
    public void Every_recorded_answer_of_the_module_is_given(string file, long cases, long operations)
    {
        var result = new ReplayRunner(new TdxReplay()).Replay(Path.Combine(TdxRecordings.Folder, file));

        Assert.Empty(result.Errors);
        Assert.Empty(result.OutsideModel);
        Assert.Empty(result.Differences);
        Assert.Equal(new ReplayCounts(cases, operations, operations, operations, OutsideModel: 0, Skipped: 0), result.Counts);
        Assert.Equal("tdx-module-1.5.01", result.Environment);
    }

    // Every rule that decided a recorded answer is missed when it is off: some answer differs then, and nothing breaks.
    [Fact]
    public void A_rule_that_decided_an_answer_is_missed_when_it_is_off()
    {
        var collecting = new CollectingReplay();
        new ReplayRunner(collecting).Replay(TdxRecordings.Scenarios);
        new ReplayRunner(collecting).Replay(TdxRecordings.Random);
        Assert.True(collecting.Deciders.Count >= 150, $"{collecting.Deciders.Count} rules decided");

        var unmissed = new List<string>();
        foreach (var rule in collecting.Deciders)
        {
            if (!IsMissed(rule, TdxRecordings.Scenarios) && !IsMissed(rule, TdxRecordings.Random))
            {
                unmissed.Add(rule);
            }
        }

        // What it refuses a later rule refuses with the same words.
        Assert.Equal(["TDH.MEM.SEPT.ADD/state"], unmissed);
    }

    private static bool IsMissed(string rule, string file)
    {
        var result = new ReplayRunner(new TdxReplay(RuleSwitches.AllOn.Without(rule))).Replay(file);
        Assert.Empty(result.Errors);
        Assert.Empty(result.OutsideModel);
        return result.Differences.Count > 0;
    }
}
