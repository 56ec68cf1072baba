namespace GuestMemory.Testing;

/// <summary>The calls of <see cref="MemslotCommand"/>.</summary>
internal enum MemslotCall : byte
{
    /// <summary>Asks where a page is.</summary>
    Resolve,

    /// <summary>Asks which frames are in front of shared pages.</summary>
    FindShared,

    /// <summary>The file is released.</summary>
    Release,

    /// <summary>Writes the state and reads it back.</summary>
    ReadBack,
}
