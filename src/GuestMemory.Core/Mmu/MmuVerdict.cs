namespace GuestMemory;

/// <summary>How a secondary MMU answered.</summary>
public enum MmuVerdict : byte
{
    /// <summary>Done: mapped, unmapped, flushed, split or merged.</summary>
    Done,

    /// <summary>An invalidation ran since the sample, or runs over the frame now: fault again.</summary>
    Retry,

    /// <summary>A lock of the technology is held: try again; nothing changed but table pages.</summary>
    Busy,

    /// <summary>Refused; the detail says why. Nothing changed.</summary>
    Refused,

    /// <summary>The guest is dead; nothing is mapped for it any more.</summary>
    GuestDead,

    /// <summary>An unmap or flush failed for good: the guest is dead from now on and the frames are leaked.</summary>
    Failed,
}
