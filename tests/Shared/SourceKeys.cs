namespace GuestMemory.Docs;

/// <summary>The keys sources begin with.</summary>
internal static class SourceKeys
{
    /// <summary>Those that docs/sources.md lists: the first column of its first table.</summary>
    public static IReadOnlySet<string> Read() => File.ReadLines(Path.Combine(RepositoryFolder.Path, "docs", "sources.md"))
        .SkipWhile(line => !line.StartsWith("| Key |", StringComparison.Ordinal))
        .TakeWhile(line => line.Length > 0)
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('`')[1])
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Those that sources name; several in one are parted by semicolons.</summary>
    public static IEnumerable<string> Of(IEnumerable<string> sources) => sources.SelectMany(source => source.Split("; ")).Select(source => source.Split(',')[0]).Distinct();
}
