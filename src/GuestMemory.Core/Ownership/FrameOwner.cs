namespace GuestMemory;

/// <summary>Whose a frame is, and which guest's. The default is the host.</summary>
/// <param name="Kind">The kind of owner.</param>
/// <param name="Guest">The guest, for <see cref="OwnerKind.Guest"/> and, where known, <see cref="OwnerKind.Transit"/>.</param>
public readonly record struct FrameOwner(OwnerKind Kind, GuestId Guest)
{
    /// <summary>The host.</summary>
    public static FrameOwner Host => default;

    /// <summary>A guest as owner.</summary>
    /// <param name="guest">The guest.</param>
    public static FrameOwner Of(GuestId guest) => new(OwnerKind.Guest, guest);

    /// <summary>"host", "firmware", "in transit" or the guest's name.</summary>
    public override string ToString() => Kind switch
    {
        OwnerKind.Host => "host",
        OwnerKind.Firmware => "firmware",
        OwnerKind.Transit => "in transit",
        _ => Guest.ToString(),
    };
}
