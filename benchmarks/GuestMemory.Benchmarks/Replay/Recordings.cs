using GuestMemory.Testing;

namespace GuestMemory.Benchmarks;

/// <summary>The compressed recordings of one system beside the program.</summary>
internal sealed class Recordings
{
    private Recordings(string system)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "recordings", system);
        Compressed = [.. RecordingFiles.Find(folder).Files.Where(file => file.EndsWith(".gz", StringComparison.Ordinal))];
        Operations = (int)ReplayAll(new(new NullSystem())).Operations;
    }

    /// <summary>The random families of three kernels.</summary>
    public static Recordings Kvm { get; } = new("kvm");

    /// <summary>Scenarios and random sessions of Intel's TDX module.</summary>
    public static Recordings Tdx { get; } = new("tdx");

    /// <summary>The files.</summary>
    public IReadOnlyList<string> Compressed { get; }

    /// <summary>Their operations.</summary>
    public int Operations { get; }

    /// <summary>Replays them all from their files.</summary>
    public ReplayCounts ReplayAll(ReplayRunner runner)
    {
        var counts = default(ReplayCounts);
        foreach (var file in Compressed)
        {
            counts += runner.Replay(file).Counts;
        }

        return counts;
    }
}
