namespace GuestMemory.Rmp;

/// <summary>How a write of the kernel's through the direct map ends.</summary>
public enum HostWriteOutcome
{
    /// <summary>It goes through.</summary>
    Done,

    /// <summary>It faults on the RMP, the handler splits the mapping, and the second try goes through.</summary>
    Repaired,

    /// <summary>It faults because another processor is changing the entry: try again.</summary>
    Retry,

    /// <summary>The page is not in the direct map: an ordinary page fault, no RMP check was made.</summary>
    NotPresent,

    /// <summary>It faults on the RMP and the kernel ends with a report.</summary>
    Oops,

    /// <summary>It faults on the RMP, and so does delivering the fault: on a stack that cannot be written.</summary>
    DoubleFault,

    /// <summary>It faults on the RMP, and nothing can be delivered any more: the machine is reset.</summary>
    TripleFault,
}
