namespace GuestMemory.Kvm.Tests.Recordings;

/// <summary>The recordings kept in the repository, found by going up from the test's own folder.</summary>
internal static class RecordingFolder
{
    public static string Path { get; } = Find();

    public static IReadOnlyList<string> Files { get; } = Testing.RecordingFiles.Find(Path).Files;

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(System.IO.Path.Combine(folder.FullName, "tests", "recordings", "kvm")))
        {
            folder = folder.Parent;
        }

        return System.IO.Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("tests/recordings/kvm is not above the tests."), "tests", "recordings", "kvm");
    }
}
