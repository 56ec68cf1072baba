namespace GuestMemory.Testing;

/// <summary>Texts as they stand in C#.</summary>
internal static class CodeText
{
    /// <summary>A string literal.</summary>
    /// <param name="text">Text without control characters.</param>
    public static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>A name: what is neither letter nor digit becomes an underscore.</summary>
    /// <param name="text">Any text.</param>
    public static string Name(string text) => string.Concat(text.Select(static letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
}
