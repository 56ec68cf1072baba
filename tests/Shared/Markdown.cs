namespace GuestMemory.Docs;

/// <summary>Markdown, line by line.</summary>
internal static class Markdown
{
    public static IEnumerable<string> Table(string[] columns, IEnumerable<string[]> rows) =>
        [Row(columns), Row([.. columns.Select(_ => "---")]), .. rows.Select(Row), ""];

    public static string Text(IEnumerable<string> lines) => string.Join('\n', lines).TrimEnd('\n') + "\n";

    private static string Row(string[] cells) => $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |";
}
