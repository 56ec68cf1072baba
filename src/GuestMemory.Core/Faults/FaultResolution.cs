namespace GuestMemory;

/// <summary>What becomes of an access that the ownership table denied.</summary>
public enum FaultResolution : byte
{
    /// <summary>It ends the run: nobody can repair it.</summary>
    Fails,

    /// <summary>The host repaired something: the access is made again.</summary>
    Retry,

    /// <summary>The guest's own handler gets it; the host does not hear of it.</summary>
    ToGuest,

    /// <summary>The page's kind is not the one the access wants: the VMM is asked.</summary>
    WrongKind,
}
