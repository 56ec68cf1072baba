namespace GuestMemory.Testing;

/// <summary>What the steps of one state came to.</summary>
/// <param name="State">The state.</param>
/// <param name="Counts">How many.</param>
internal readonly record struct StateDegree(uint State, SearchCounts Counts);
