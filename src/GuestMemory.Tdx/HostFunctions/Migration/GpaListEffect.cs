namespace GuestMemory.Tdx;

/// <summary>What a problem with one entry of a GPA list does to the call.</summary>
internal enum GpaListEffect : byte
{
    /// <summary>Nothing: the next entry follows, and it is no problem.</summary>
    Skip,

    /// <summary>It is counted, and the next entry follows.</summary>
    Count,

    /// <summary>The call ends and answers an error.</summary>
    Fail,

    /// <summary>The call ends, and the import with it: a running TD goes on without, any other has failed.</summary>
    Abort,

    /// <summary>While imports come in order the import fails; afterwards it is counted.</summary>
    AbortInOrder,
}
