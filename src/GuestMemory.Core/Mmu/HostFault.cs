namespace GuestMemory;

/// <summary>How a process's own access ended.</summary>
public enum HostFault : byte
{
    /// <summary>It was done.</summary>
    None,

    /// <summary>Nothing is mapped there (SIGSEGV, SEGV_MAPERR).</summary>
    NotMapped,

    /// <summary>The mapping forbids it (SIGSEGV, SEGV_ACCERR).</summary>
    NotPermitted,

    /// <summary>The store has no page there, or not for the host (SIGBUS, BUS_ADRERR).</summary>
    NoPage,

    /// <summary>The page has a hardware error (SIGBUS, BUS_MCEERR_AR).</summary>
    Poisoned,

    /// <summary>No frame is left.</summary>
    OutOfFrames,

    /// <summary>An invalidation of the store is open over the page: the touch waits for its end. Nothing was done.</summary>
    Waits,
}
