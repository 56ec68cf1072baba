namespace GuestMemory.Testing;

/// <summary>What came of replaying one recording.</summary>
/// <param name="File">The file, as it was named.</param>
/// <param name="Environment">The recorded environment; <see langword="null"/> when no system understood it or none was named.</param>
/// <param name="Counts">What was counted.</param>
/// <param name="Differences">The first difference of each differing case, in order.</param>
/// <param name="OutsideModel">Where a case left the model, in order.</param>
/// <param name="Errors">What could not be replayed, in order.</param>
public sealed record ReplayResult(
    string File,
    string? Environment,
    ReplayCounts Counts,
    IReadOnlyList<ReplayDifference> Differences,
    IReadOnlyList<OutsideModelStop> OutsideModel,
    IReadOnlyList<ReplayError> Errors);
