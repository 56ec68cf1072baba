namespace GuestMemory;

/// <summary>Core's own status words, as the codes of its outcomes. Each architecture turns them into its own.</summary>
public enum CoreStatus : byte
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>Frames of the step still have entries of the other kind.</summary>
    StillMapped,

    /// <summary>The machine has no frame left that fits.</summary>
    OutOfFrames,

    /// <summary>The page index lies at or beyond the end of the store.</summary>
    BeyondEnd,

    /// <summary>The page has a hardware error.</summary>
    Poisoned,

    /// <summary>The file behind a slot is gone.</summary>
    FileGone,

    /// <summary>Nothing backs the page on the side asked for.</summary>
    NoBacking,

    /// <summary>The file's binding and the slot disagree.</summary>
    BindingMismatch,

    /// <summary>The address is not mapped, or not for this access.</summary>
    BadAddress,

    /// <summary>The host may not touch the page now.</summary>
    NotHostAccessible,

    /// <summary>The store cannot do this at all.</summary>
    NotSupported,

    /// <summary>The store's pages cannot be divided so.</summary>
    Indivisible,

    /// <summary>Somebody holds the page by a pin.</summary>
    Pinned,

    /// <summary>An invalidation is open over the range.</summary>
    Busy,

    /// <summary>The range overlaps one that is there.</summary>
    Overlap,

    /// <summary>The range's pages are not of the kind the step needs.</summary>
    WrongKind,

    /// <summary>The page was handed to a guest or filled before.</summary>
    AlreadyPopulated,

    /// <summary>The frame belongs to somebody else.</summary>
    WrongOwner,

    /// <summary>The guest is dead.</summary>
    GuestDead,

    /// <summary>The leaves are not contiguous and alike.</summary>
    NotMergeable,

    /// <summary>There is no entry to work on.</summary>
    NotPresent,

    /// <summary>The kernel has no memory of its own left.</summary>
    NoMemory,

    /// <summary>A signal is pending.</summary>
    Interrupted,
}
