namespace GuestMemory.Tdx;

/// <summary>Where a TD is between its making and its end, or in a migration. Source: tdx-module, OP_STATE.</summary>
public enum TdxOpState : byte
{
    /// <summary>Before MNG.INIT.</summary>
    Uninitialized = 0,

    /// <summary>Being built.</summary>
    Initialized = 1,

    /// <summary>Running.</summary>
    Runnable = 2,

    /// <summary>Being exported while it runs.</summary>
    LiveExport = 3,

    /// <summary>Being exported, paused.</summary>
    PausedExport = 4,

    /// <summary>After the start token.</summary>
    PostExport = 5,

    /// <summary>Memory being imported.</summary>
    MemoryImport = 6,

    /// <summary>State being imported.</summary>
    StateImport = 7,

    /// <summary>After the start token came.</summary>
    PostImport = 8,

    /// <summary>Being imported while it runs.</summary>
    LiveImport = 9,

    /// <summary>An import failed.</summary>
    FailedImport = 10,
}
