namespace GuestMemory;

/// <summary>A run of frames that is not free.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Purpose">What it was taken for.</param>
public readonly record struct FrameUse(FrameState State, FramePurpose Purpose) : IRangeValue<FrameUse>
{
    /// <inheritdoc/>
    public FrameUse Advance(ulong count) => this;

    /// <summary>State and purpose.</summary>
    public override string ToString() => $"{State} ({Purpose})";
}
