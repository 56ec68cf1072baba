namespace GuestMemory.Tdx;

/// <summary>Registers a function writes however it ends.</summary>
/// <param name="call">The call.</param>
/// <param name="result">What it answers otherwise.</param>
internal delegate TdxResult TdxFinish(in HostCall call, in TdxResult result);
