using System.Globalization;

namespace GuestMemory.Testing;

/// <summary>A recording, or a part of one, could not be replayed.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="Line">The line, from 1; 0 for the file as a whole.</param>
/// <param name="Message">What is wrong, and what was left out because of it.</param>
public sealed record ReplayError(string File, long Line, string Message)
{
    /// <summary>File, line and message.</summary>
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}: {Message}");
}
