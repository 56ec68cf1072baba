namespace GuestMemory.Testing;

/// <summary>A chunk of a level's states.</summary>
/// <param name="Partition">The partition they lie in.</param>
/// <param name="Chunk">Where there.</param>
internal readonly record struct LevelChunk(int Partition, FrontierChunk Chunk);
