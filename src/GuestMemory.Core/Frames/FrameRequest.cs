namespace GuestMemory;

/// <summary>A request for frames.</summary>
/// <param name="Order">Alignment and granule: runs of 2^order frames, 0 to 18.</param>
/// <param name="Most">Most frames wanted in one contiguous run; at least one granule.</param>
/// <param name="Purpose">What for.</param>
public readonly record struct FrameRequest(int Order, ulong Most, FramePurpose Purpose)
{
    /// <summary>Frames of one granule.</summary>
    public ulong Granule => 1UL << Order;

    /// <summary>The request in words.</summary>
    public override string ToString() => $"up to {Most} frames of order {Order} for {Purpose}";
}
