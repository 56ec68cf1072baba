namespace GuestMemory.Testing;

/// <summary>The calls of <see cref="MmuCommand"/>.</summary>
internal enum MmuCall : byte
{
    /// <summary>Makes translations, with a sample just taken.</summary>
    Map,

    /// <summary>The same with a sample from before the last invalidation.</summary>
    MapLate,

    /// <summary>Stops new walks.</summary>
    Unmap,

    /// <summary>Ends use.</summary>
    Flush,

    /// <summary>Ends use of everything.</summary>
    FlushAll,

    /// <summary>Splits a leaf.</summary>
    Split,

    /// <summary>Merges leaves.</summary>
    Merge,

    /// <summary>A vCPU uses a translation and keeps it cached.</summary>
    Use,

    /// <summary>An invalidation begins.</summary>
    Begin,

    /// <summary>An invalidation ends.</summary>
    End,

    /// <summary>Writes the machine's state and reads it back.</summary>
    ReadBack,
}
