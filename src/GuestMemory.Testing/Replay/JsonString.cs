namespace GuestMemory.Testing;

/// <summary>Where a string lies in a JSON text.</summary>
/// <param name="Start">The first byte after its quote.</param>
/// <param name="Length">Its bytes, as written.</param>
/// <param name="Escaped">Whether a backslash is among them.</param>
internal readonly record struct JsonString(int Start, int Length, bool Escaped);
