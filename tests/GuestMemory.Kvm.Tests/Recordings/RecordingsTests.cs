using GuestMemory.Testing;
using Xunit;

namespace GuestMemory.Kvm.Tests.Recordings;

public sealed class RecordingsTests
{
    // kvm-recordings, README: 2148 cases of 142,364 operations; the guest's accesses and pre-faults of the PVM machine are not compared.
    [Theory]
    [InlineData(Enforcement.Enforce)]
    [InlineData(Enforcement.Observe)]
    public void Every_recorded_answer_of_three_kernels_is_given(Enforcement enforcement)
    {
        var summary = Replay(new KvmReplay(new MachineOptions { Enforcement = enforcement }), RecordingFolder.Files);

        Assert.Equal(new ReplayCounts(Cases: 2148, Operations: 142_364, Compared: 142_225, Agreed: 142_225, OutsideModel: 0, Skipped: 0), summary.Counts);
        Assert.Equal(139, summary.Counts.LeftOut);
        Assert.Equal(0, summary.ExitCode);
    }

    // kvm-recordings, README: the table of environments.
    [Theory]
    [InlineData("qemu-7.3", 929, 63_314)]
    [InlineData("qemu-6.12", 929, 63_314)]
    [InlineData("host-6.18", 290, 15_736)]
    public void Every_environment_is_replayed_whole(string folder, long cases, long operations)
    {
        var files = RecordingFiles.Find(Path.Combine(RecordingFolder.Path, folder)).Files;

        var summary = Replay(new KvmReplay(), files);

        Assert.Equal(cases, summary.Counts.Cases);
        Assert.Equal(operations, summary.Counts.Operations);
        Assert.Equal(summary.Counts.Compared, summary.Counts.Agreed);
        Assert.Single(summary.Environments);
    }

    // Architecture, principle 9: the calls unmap first, so that what Core would refuse under Enforce never comes up. Answers and deciding
    // rules are hashed in order; the one rule itself decides nothing.
    [Fact]
    public void Enforcing_and_observing_answer_alike_and_enforcing_never_refuses()
    {
        var enforced = new CollectingReplay(new MachineOptions { Enforcement = Enforcement.Enforce });
        var observed = new CollectingReplay(new MachineOptions { Enforcement = Enforcement.Observe });

        Replay(enforced, RecordingFolder.Files);
        Replay(observed, RecordingFolder.Files);

        Assert.Equal(observed.Answers, enforced.Answers);
        Assert.DoesNotContain(CoreRules.UnmapBeforeConvert.Id, enforced.Deciders);
    }

    private static ReplaySummary Replay(IReplaySystem system, IReadOnlyList<string> files)
    {
        var runner = new ReplayRunner(system);
        var summary = new ReplaySummary();
        foreach (var file in files)
        {
            var result = runner.Replay(file);
            Assert.Empty(result.Differences);
            Assert.Empty(result.Errors);
            Assert.Empty(result.OutsideModel);
            summary.Add(result);
        }

        return summary;
    }
}
