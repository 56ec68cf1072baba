namespace GuestMemory;

/// <summary>What a store knows of a page it holds.</summary>
[Flags]
public enum StoredPageFlags : byte
{
    /// <summary>Allocated, never used: its bytes are whatever the frame held before.</summary>
    None = 0,

    /// <summary>Cleared or filled for use; what mincore calls resident.</summary>
    Cleared = 1,

    /// <summary>Made ready for a guest by the ownership table.</summary>
    Prepared = 2,

    /// <summary>Has a hardware error.</summary>
    Poisoned = 4,

    /// <summary>Written to, or mapped for writing, since it was allocated.</summary>
    Dirty = 8,
}
