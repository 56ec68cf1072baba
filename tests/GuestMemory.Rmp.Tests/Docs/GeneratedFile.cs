using Xunit;

namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>A file of docs/snp that is written from the code. To write it anew, run these tests with GUESTMEMORY_APPROVE=1.</summary>
internal static class GeneratedFile
{
    private const string ApproveVariable = "GUESTMEMORY_APPROVE";

    public const string Command = $"{ApproveVariable}=1 dotnet test -c Release tests/GuestMemory.Rmp.Tests --filter FullyQualifiedName~Docs";

    private static readonly string s_folder = Path.Combine(RepositoryFolder.Path, "docs", "snp");

    public static void IsUpToDate(string name, string text)
    {
        var file = Path.Combine(s_folder, name);
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
        {
            Directory.CreateDirectory(s_folder);
            File.WriteAllText(file, text);
        }

        var written = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";

        Assert.True(written == text, Explain(name, written, text));
    }

    private static string Explain(string name, string written, string text)
    {
        var before = written.Split('\n');
        var after = text.Split('\n');
        IEnumerable<string> lines =
        [
            $"docs/snp/{name} is not what the code says. If the code is right, write it anew, read the diff and commit it:",
            $"  {Command}",
            .. before.Except(after).Select(line => $"  - {line}"),
            .. after.Except(before).Select(line => $"  + {line}"),
        ];
        return string.Join('\n', lines);
    }
}
