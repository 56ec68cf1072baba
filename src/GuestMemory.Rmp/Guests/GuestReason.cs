namespace GuestMemory.Rmp;

/// <summary>Why a guest declined or stopped.</summary>
public enum GuestReason
{
    /// <summary>It did neither.</summary>
    None,

    /// <summary>Declined: every page asked for is accepted already.</summary>
    AlreadyAccepted,

    /// <summary>Declined: the page was never accepted.</summary>
    NotAccepted,

    /// <summary>Declined by the instruction; the answer's value is its status.</summary>
    InstructionFailed,

    /// <summary>Stopped: an accepted page raised #VC 0x404, so another page lies behind its address now.</summary>
    AcceptedPageFaulted,

    /// <summary>Stopped: PVALIDATE changed (CF=0) a page that was accepted before.</summary>
    UnexpectedChange,

    /// <summary>Stopped: PVALIDATE changed nothing (CF=1) where a change was due.</summary>
    UnexpectedNoChange,
}
