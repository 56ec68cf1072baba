namespace GuestMemory;

/// <summary>What a frame is taken for; a choice function may keep purposes apart.</summary>
public enum FramePurpose : byte
{
    /// <summary>The kernel's own data.</summary>
    Kernel,

    /// <summary>Memory behind a guest, shared or private.</summary>
    Guest,

    /// <summary>A page of a translation table.</summary>
    Table,

    /// <summary>A page given to trusted firmware.</summary>
    Firmware,
}
