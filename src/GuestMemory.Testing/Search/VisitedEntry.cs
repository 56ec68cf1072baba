namespace GuestMemory.Testing;

/// <summary>What is remembered of a visited state: 24 bytes.</summary>
/// <param name="High">Upper half of its fingerprint.</param>
/// <param name="Low">Lower half.</param>
/// <param name="Parent">The state it was reached from first.</param>
/// <param name="Step">By which step.</param>
internal readonly record struct VisitedEntry(ulong High, ulong Low, uint Parent, uint Step);
