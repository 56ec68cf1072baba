namespace GuestMemory.Testing;

/// <summary>A run of states in a <see cref="Frontier"/>.</summary>
/// <param name="Segment">Segment of the first.</param>
/// <param name="Start">Its first byte there.</param>
/// <param name="States">How many.</param>
internal readonly record struct FrontierChunk(int Segment, int Start, int States);
