namespace GuestMemory;

/// <summary>One non-zero word of a frame's bytes, kept while the page has no frame.</summary>
/// <param name="Offset">Place in the frame, in words of 8 bytes: 0 to 511.</param>
/// <param name="Value">The word.</param>
internal readonly record struct SavedWord(int Offset, ulong Value);
