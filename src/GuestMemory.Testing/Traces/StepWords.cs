namespace GuestMemory.Testing;

/// <summary>A step's words taken apart: the operation, up to the first operand, and the operands.</summary>
internal static class StepWords
{
    /// <summary>Key of the argument that names the actor.</summary>
    public const string ActorKey = "actor";

    public static (string Operation, List<(string Key, string Value)> Operands) Split(string text)
    {
        var words = text.Split(' ');
        var operation = string.Join(' ', words.TakeWhile(static word => !word.Contains('=', StringComparison.Ordinal)));
        var operands = new List<(string, string)>();
        foreach (var word in words.SkipWhile(static word => !word.Contains('=', StringComparison.Ordinal)))
        {
            var at = word.IndexOf('=', StringComparison.Ordinal);
            operands.Add((word[..Math.Max(at, 0)], word[(at + 1)..]));
        }

        return (operation, operands);
    }
}
