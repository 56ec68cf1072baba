namespace GuestMemory.Testing;

/// <summary>The calls of <see cref="OwnershipCommand"/>.</summary>
internal enum OwnershipCall : byte
{
    /// <summary>Makes frames ready.</summary>
    Prepare,

    /// <summary>Takes frames back.</summary>
    Reclaim,

    /// <summary>Judges an access.</summary>
    Check,

    /// <summary>Splits an entry.</summary>
    Split,

    /// <summary>Merges entries.</summary>
    Merge,

    /// <summary>Writes the state and reads it back.</summary>
    ReadBack,
}
