namespace GuestMemory;

/// <summary>How a guest's call stands.</summary>
public enum GuestCallVerdict : byte
{
    /// <summary>Done; the registers hold the results.</summary>
    Done,

    /// <summary>A page it needs is not mapped: bring it in and call again.</summary>
    NeedsPage,

    /// <summary>The access or instruction faulted.</summary>
    Faulted,

    /// <summary>It leaves to the VMM.</summary>
    Exits,
}
