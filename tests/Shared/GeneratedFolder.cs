using Xunit;

namespace GuestMemory.Docs;

/// <summary>A folder of docs whose files are written from the code. To write them anew, run the project's tests with GUESTMEMORY_APPROVE=1.</summary>
internal sealed class GeneratedFolder(string name, string project)
{
    private const string ApproveVariable = "GUESTMEMORY_APPROVE";

    private readonly string _path = Path.Combine(RepositoryFolder.Path, "docs", name);

    public string Command { get; } = $"{ApproveVariable}=1 dotnet test -c Release tests/{project} --filter FullyQualifiedName~Docs";

    public void IsUpToDate(string file, string text)
    {
        var path = Path.Combine(_path, file);
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
        {
            Directory.CreateDirectory(_path);
            File.WriteAllText(path, text);
        }

        var written = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";

        Assert.True(written == text, Explain(file, written, text));
    }

    private string Explain(string file, string written, string text)
    {
        var before = written.Split('\n');
        var after = text.Split('\n');
        IEnumerable<string> lines =
        [
            $"docs/{name}/{file} is not what the code says. If the code is right, write it anew, read the diff and commit it:",
            $"  {Command}",
            .. before.Except(after).Select(line => $"  - {line}"),
            .. after.Except(before).Select(line => $"  + {line}"),
        ];
        return string.Join('\n', lines);
    }
}
