using Xunit;

namespace GuestMemory.Docs;

/// <summary>Partial effects as rows of a table in a hand-written document.</summary>
internal static class EffectRows
{
    /// <summary>The document has the rows, one below the other, and no row of these calls between, before or after them.</summary>
    public static void AreIn(string document, IEnumerable<PartialEffect> effects)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", document)).ReplaceLineEndings("\n");
        var rows = string.Join('\n', effects.Select(effect => $"| {effect.Call} | {effect.When} | {effect.Stays} | {effect.Source} |"));

        Assert.True(text.Contains($"|---|---|---|---|\n{rows}\n\n", StringComparison.Ordinal), $"docs/{document} lacks the table:\n{rows}");
    }
}
