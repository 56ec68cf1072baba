namespace GuestMemory.Rmp;

/// <summary>How a guest's step ended, as the guest sees it.</summary>
public enum GuestAnswerKind
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>#NPF: the vCPU left to the host, which may repair and let it try again.</summary>
    HostFault,

    /// <summary>An exception of the guest's own that it does not take for an attack; it goes on.</summary>
    Exception,

    /// <summary>The guest's software declined, or the instruction answered a status other than 0; it goes on.</summary>
    Refused,

    /// <summary>The guest saw an attack and runs no further.</summary>
    Stopped,
}
