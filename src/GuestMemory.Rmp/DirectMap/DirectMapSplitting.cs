namespace GuestMemory.Rmp;

/// <summary>Before which RMPUPDATEs a kernel splits the direct map to 4K.</summary>
public enum DirectMapSplitting
{
    /// <summary>None.</summary>
    Never,

    /// <summary>Those of 4K: what a 2M one leaves is all or nothing, and larger mappings are checked as 2M.</summary>
    SmallUpdates,

    /// <summary>All.</summary>
    EveryUpdate,
}
