namespace GuestMemory.Docs;

/// <summary>Takes the place of System.Console in an example of the README, so that nothing of the test runner is redirected.</summary>
internal static class PrintedLines
{
    public static List<string> All { get; } = [];

    public static void WriteLine(string line) => All.Add(line);
}
