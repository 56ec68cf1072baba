namespace GuestMemory;

/// <summary>What a process may do with a mapping.</summary>
[Flags]
public enum HostRights : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read.</summary>
    Read = 1,

    /// <summary>Write.</summary>
    Write = 2,

    /// <summary>Execute.</summary>
    Execute = 4,
}
