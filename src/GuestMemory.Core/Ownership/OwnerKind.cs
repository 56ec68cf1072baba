namespace GuestMemory;

/// <summary>Whose a frame is.</summary>
public enum OwnerKind : byte
{
    /// <summary>The host's: every frame at the start.</summary>
    Host,

    /// <summary>Trusted firmware's.</summary>
    Firmware,

    /// <summary>Nobody's for now: delegated, pre-guest, or waiting to be reclaimed.</summary>
    Transit,

    /// <summary>A guest's.</summary>
    Guest,
}
