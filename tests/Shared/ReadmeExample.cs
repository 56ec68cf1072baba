using Xunit;

namespace GuestMemory.Docs;

/// <summary>An example of the README: the code between two comments of a package's ReadmeExampleTests.cs.</summary>
internal static class ReadmeExample
{
    private const string Begin = "// README: begin";
    private const string End = "// README: end";

    /// <summary>Runs the example and compares what it prints.</summary>
    public static void Prints(Action example, params string[] expected)
    {
        PrintedLines.All.Clear();

        example();

        Assert.Equal(expected, PrintedLines.All);
    }

    /// <summary>Compares the first example after a heading with the package's.</summary>
    /// <param name="heading">The heading's line.</param>
    /// <param name="package">The package.</param>
    /// <param name="namespaces">What the example uses beside <c>GuestMemory</c>; none for the package's own.</param>
    public static void IsShown(string heading, string package, params string[] namespaces)
    {
        string[] readme = [.. File.ReadAllLines(Path.Combine(RepositoryFolder.Path, "README.md")).SkipWhile(line => line != heading)];
        var source = File.ReadAllLines(Path.Combine(RepositoryFolder.Path, "tests", $"{package}.Tests", "Docs", "ReadmeExampleTests.cs"));

        var used = namespaces.DefaultIfEmpty(package).Append("GuestMemory").Order(StringComparer.Ordinal);
        string[] expected = [.. used.Select(name => $"using {name};"), "", .. Between(source, Begin, End).Select(line => line.Length == 0 ? line : line[8..])];

        Assert.Equal(expected, Between(readme, "```csharp", "```"));
    }

    /// <summary>Compares the first example after a heading with a whole file.</summary>
    public static void IsFile(string heading, string file)
    {
        string[] readme = [.. File.ReadAllLines(Path.Combine(RepositoryFolder.Path, "README.md")).SkipWhile(line => line != heading)];

        Assert.Equal(File.ReadAllLines(Path.Combine(RepositoryFolder.Path, file)), Between(readme, "```csharp", "```"));
    }

    private static string[] Between(string[] lines, string begin, string end) =>
        [.. lines.SkipWhile(line => line.Trim() != begin).Skip(1).TakeWhile(line => line.Trim() != end)];
}
