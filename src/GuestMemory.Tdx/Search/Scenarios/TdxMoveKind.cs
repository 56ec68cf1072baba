namespace GuestMemory.Tdx;

/// <summary>Who does what in a move of a scenario.</summary>
internal enum TdxMoveKind : byte
{
    /// <summary>The host calls the module.</summary>
    HostCall,

    /// <summary>A guest calls the module.</summary>
    GuestCall,

    /// <summary>A guest reads.</summary>
    GuestRead,

    /// <summary>A guest writes.</summary>
    GuestWrite,

    /// <summary>A vCPU leaves its TD.</summary>
    Exit,

    /// <summary>The host reads.</summary>
    HostRead,

    /// <summary>The host writes.</summary>
    HostWrite,

    /// <summary>An interrupt comes within the next function that looks for one.</summary>
    Interrupt,
}
