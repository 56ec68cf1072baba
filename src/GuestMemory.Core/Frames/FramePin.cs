namespace GuestMemory;

/// <summary>A pin over a run of frames.</summary>
/// <param name="Frames">The frames.</param>
/// <param name="Owner">Who holds it.</param>
/// <param name="Count">How often; at least 1.</param>
public readonly record struct FramePin(PfnRange Frames, PinOwner Owner, int Count)
{
    /// <summary>The pin in words.</summary>
    public override string ToString() => $"{Owner} pins {Frames} x{Count}";
}
