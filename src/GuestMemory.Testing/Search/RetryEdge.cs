namespace GuestMemory.Testing;

/// <summary>An attempt that came to no end, made while nobody else was midway.</summary>
/// <param name="State">The state before it.</param>
/// <param name="Step">The attempt.</param>
/// <param name="After">Fingerprint of the state after it.</param>
internal readonly record struct RetryEdge(uint State, uint Step, UInt128 After);
