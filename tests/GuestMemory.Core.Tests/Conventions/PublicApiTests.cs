using Xunit;

namespace GuestMemory.Tests.Conventions;

/// <summary>The public API of each package equals its approved file, beside this one. To approve a change, run these tests with GUESTMEMORY_APPROVE=1.</summary>
public sealed class PublicApiTests
{
    private const string ApproveVariable = "GUESTMEMORY_APPROVE";

    public static TheoryData<string> Names => Packages.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void The_public_api_is_the_approved_one(string package)
    {
        var file = Path.Combine(Folder(), $"PublicApi.{package}.approved.txt");
        var actual = PublicApiText.Describe(Packages.Load(package));
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
        {
            File.WriteAllText(file, actual);
        }

        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";

        Assert.True(approved == actual, Explain(package, approved, actual));
    }

    private static string Explain(string package, string approved, string actual)
    {
        var before = Members(approved);
        var after = Members(actual);
        IEnumerable<string> lines =
        [
            $"The public API of {package} is not the approved one.",
            $"If that is intended, run the tests once with {ApproveVariable}=1, read the diff and commit it.",
            .. before.Except(after).Select(line => $"  - {line}"),
            .. after.Except(before).Select(line => $"  + {line}"),
        ];
        return string.Join('\n', lines);
    }

    // Each line with its type's before it, so that alike members of different types differ.
    private static List<string> Members(string text)
    {
        var type = "";
        var members = new List<string>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            type = line.StartsWith(' ') ? type : line;
            members.Add(line == type ? line : $"{type.Split(" : ")[0]} > {line.Trim()}");
        }

        return members;
    }

    // Compiled-in source paths are rewritten in deterministic builds, so the repository is looked for from the program.
    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "GuestMemory.sln")))
            {
                return Path.Combine(folder.FullName, "tests", "GuestMemory.Core.Tests", "Conventions");
            }
        }

        throw new DirectoryNotFoundException("GuestMemory.sln is in no folder above the tests.");
    }
}
