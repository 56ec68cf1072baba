namespace GuestMemory.Tdx;

/// <summary>What a function does with an entry of a GPA list when no rule refused it. It cannot fail.</summary>
/// <param name="call">The entry's call.</param>
internal delegate void GpaEntryCommit(ref GpaEntryCall call);
