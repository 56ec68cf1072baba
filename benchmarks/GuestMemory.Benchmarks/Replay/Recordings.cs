using GuestMemory.Kvm;
using GuestMemory.Testing;

namespace GuestMemory.Benchmarks;

/// <summary>The recordings of KVM beside the program.</summary>
internal static class Recordings
{
    /// <summary>The compressed ones: the random families of three kernels.</summary>
    public static IReadOnlyList<string> Compressed { get; } =
        [.. RecordingFiles.Find(Path.Combine(AppContext.BaseDirectory, "recordings")).Files.Where(file => file.EndsWith(".gz", StringComparison.Ordinal))];

    /// <summary>Operations of the compressed recordings.</summary>
    public static int Operations { get; } = (int)ReplayAll(new(new NullSystem())).Operations;

    /// <summary>Replays them all from their files.</summary>
    public static ReplayCounts ReplayAll(ReplayRunner runner)
    {
        var counts = default(ReplayCounts);
        foreach (var file in Compressed)
        {
            counts += runner.Replay(file).Counts;
        }

        return counts;
    }

    /// <summary>A runner over the model.</summary>
    public static ReplayRunner ModelRunner() => new(new KvmReplay());

    /// <summary>A runner that reads and parses only.</summary>
    public static ReplayRunner ParserRunner() => new(new NullSystem());
}
