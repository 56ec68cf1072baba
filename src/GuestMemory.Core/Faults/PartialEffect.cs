namespace GuestMemory;

/// <summary>What a refused call leaves behind, where the real system leaves something: data beside the call, checked by fingerprint in tests.</summary>
/// <param name="Call">The call's name.</param>
/// <param name="When">When the effect stays.</param>
/// <param name="Stays">What stays.</param>
/// <param name="Source">Key of an entry of <c>docs/sources.md</c>.</param>
public sealed record PartialEffect(string Call, string When, string Stays, string Source);
