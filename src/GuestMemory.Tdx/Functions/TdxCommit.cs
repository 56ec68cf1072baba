namespace GuestMemory.Tdx;

/// <summary>What a function does when no check refused. It cannot fail; it may be interrupted, and says so in the call.</summary>
/// <param name="call">The call.</param>
internal delegate void TdxCommit(ref HostCall call);
