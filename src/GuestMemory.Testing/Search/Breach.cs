namespace GuestMemory.Testing;

/// <summary>Something broken: in which state, by which step.</summary>
/// <param name="State">The state before the step.</param>
/// <param name="Step">The step.</param>
internal readonly record struct Breach(uint State, uint Step);
