using GuestMemory.Testing;

namespace GuestMemory.Tdx.Tests.Replay;

/// <summary>The recordings kept in the repository, found by going up from the test's own folder.</summary>
internal static class TdxRecordings
{
    public static string Folder { get; } = Find();

    public static string Scenarios { get; } = Path.Combine(Folder, "scenarios.jsonl.gz");

    public static string Random { get; } = Path.Combine(Folder, "random.jsonl.gz");

    /// <summary>Replays lines held in memory.</summary>
    public static ReplayResult Replay(IReplaySystem system, string lines) =>
        new ReplayRunner(system).Replay(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(lines)), "lines");

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "recordings", "tdx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("tests/recordings/tdx is not above the tests."), "tests", "recordings", "tdx");
    }
}
