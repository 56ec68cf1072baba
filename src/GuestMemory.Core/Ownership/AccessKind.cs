namespace GuestMemory;

/// <summary>What an access does.</summary>
public enum AccessKind : byte
{
    /// <summary>Reads.</summary>
    Read,

    /// <summary>Writes.</summary>
    Write,

    /// <summary>Fetches an instruction.</summary>
    Execute,
}
