namespace GuestMemory.Testing;

/// <summary>The calls of <see cref="BackingCommand"/>.</summary>
internal enum BackingCall : byte
{
    /// <summary>Asks for a page.</summary>
    GetPage,

    /// <summary>Opens an invalidation.</summary>
    Begin,

    /// <summary>Frees what an open invalidation covers.</summary>
    Free,

    /// <summary>Ends an invalidation.</summary>
    End,

    /// <summary>A guest maps a page it holds.</summary>
    Map,

    /// <summary>The guest lets go of it.</summary>
    Unmap,

    /// <summary>A device pins a page it holds.</summary>
    Pin,

    /// <summary>The device lets go of it.</summary>
    Unpin,

    /// <summary>Something is written to a page it holds.</summary>
    Write,
}
