namespace GuestMemory.Testing;

/// <summary>A state as shards' results tell of it.</summary>
/// <param name="Depth">Steps from the first state.</param>
/// <param name="IsWorkedOn">Whether its steps were made.</param>
/// <param name="Counts">What they came to.</param>
internal readonly record struct MergedState(int Depth, bool IsWorkedOn, SearchCounts Counts);
