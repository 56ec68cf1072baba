namespace GuestMemory.Tdx;

/// <summary>What a guest's function does when no check refused. It cannot fail; it may be interrupted, and says so in the call.</summary>
/// <param name="call">The call.</param>
internal delegate void GuestCommit(ref GuestCall call);
