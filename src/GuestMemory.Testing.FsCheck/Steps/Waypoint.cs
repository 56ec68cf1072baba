namespace GuestMemory.Testing;

/// <summary>A state worth going on from.</summary>
/// <param name="Steps">The steps that lead there from the first state.</param>
/// <param name="State">Its bytes.</param>
internal sealed record Waypoint(uint[] Steps, byte[] State);
