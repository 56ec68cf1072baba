namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>A platform with few pages, and all that can be done with them.</summary>
/// <param name="Platform">The platform, at its start.</param>
/// <param name="Watched">The pages whose states are looked at.</param>
/// <param name="Moves">All that can be done.</param>
/// <param name="Key">What tells two situations apart.</param>
internal sealed record SmallWorld(SnpPlatform Platform, IReadOnlyList<Pfn> Watched, IReadOnlyList<Move> Moves, Func<SnpPlatform, string> Key);
