namespace GuestMemory.Rmp;

/// <summary>A run of frames with like entries.</summary>
/// <param name="Frames">The frames.</param>
/// <param name="First">The first one's entry.</param>
/// <param name="Advances">Whether the guest address goes on with the frames; otherwise every entry is the first.</param>
public readonly record struct RmpRun(PfnRange Frames, RmpEntry First, bool Advances)
{
    /// <summary>The entry of one frame, resolved.</summary>
    /// <param name="frame">A frame of the run.</param>
    public RmpEntry this[Pfn frame] => Advances ? First.Advanced(frame - Frames.Start) : First;

    /// <summary>Frames and entry.</summary>
    public override string ToString() => $"{Frames}: {First}";
}
