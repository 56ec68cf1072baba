namespace GuestMemory.Tdx;

/// <summary>A word the host writes to memory of its own before a call, and clears after it.</summary>
/// <param name="At">Where.</param>
/// <param name="Value">The word.</param>
internal readonly record struct HostWord(ulong At, ulong Value);
