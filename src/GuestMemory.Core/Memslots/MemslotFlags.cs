namespace GuestMemory;

/// <summary>What a slot was made with.</summary>
[Flags]
public enum MemslotFlags : byte
{
    /// <summary>Plain.</summary>
    None = 0,

    /// <summary>Guest writes are logged.</summary>
    LogDirtyPages = 1,

    /// <summary>Guest writes leave to the VMM.</summary>
    ReadOnly = 2,

    /// <summary>The private side is a file.</summary>
    GuestMemfd = 4,
}
