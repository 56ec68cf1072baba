namespace GuestMemory.Tdx;

/// <summary>What a lock protects. Locks of Secure EPT entries lie in the entries themselves.</summary>
public enum LockKind : byte
{
    /// <summary>A PAMT entry.</summary>
    Pamt,

    /// <summary>A Secure EPT.</summary>
    SeptTree,

    /// <summary>A TD's op state.</summary>
    OpState,

    /// <summary>A TD's epoch.</summary>
    Epoch,

    /// <summary>The key ownership table.</summary>
    Keys,

    /// <summary>A package's cache write-back.</summary>
    CacheWriteBack,

    /// <summary>A TDMR's initialisation.</summary>
    Tdmr,
}
