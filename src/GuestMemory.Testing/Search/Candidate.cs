namespace GuestMemory.Testing;

/// <summary>A state that was reached and had not been visited when it was looked up.</summary>
/// <param name="Fingerprint">Its fingerprint.</param>
/// <param name="Parent">The state it was reached from.</param>
/// <param name="Step">By which step.</param>
/// <param name="Start">First byte of its stored form among those of its chunk.</param>
/// <param name="Length">Bytes of it.</param>
internal readonly record struct Candidate(UInt128 Fingerprint, uint Parent, uint Step, int Start, int Length);
