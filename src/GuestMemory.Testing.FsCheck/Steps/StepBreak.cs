namespace GuestMemory.Testing;

/// <summary>What a walk ended with.</summary>
/// <param name="Name">The invariant or property that broke.</param>
/// <param name="Says">What was found.</param>
internal sealed record StepBreak(string Name, string Says);
