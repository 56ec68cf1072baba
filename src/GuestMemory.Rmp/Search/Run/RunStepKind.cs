namespace GuestMemory.Rmp;

/// <summary>What is done in the run scenario.</summary>
internal enum RunStepKind
{
    /// <summary>The host gives a frame to a guest at an address.</summary>
    Assign,

    /// <summary>The host takes a frame back.</summary>
    Share,

    /// <summary>The host writes a frame.</summary>
    HostWrite,

    /// <summary>The host reads a frame.</summary>
    HostRead,

    /// <summary>The host leads a guest's address to a frame; nothing is flushed.</summary>
    Map,

    /// <summary>The host leads it nowhere; nothing is flushed.</summary>
    Unmap,

    /// <summary>A vCPU accepts the page at an address.</summary>
    Accept,

    /// <summary>It takes the acceptance back, and its guest forgets the translation.</summary>
    Release,

    /// <summary>A vCPU reads or writes privately, by a walk.</summary>
    Private,

    /// <summary>The same by a translation it remembers.</summary>
    PrivateCached,

    /// <summary>A vCPU reads or writes a shared page, by a walk.</summary>
    Shared,

    /// <summary>The same by a translation it remembers.</summary>
    SharedCached,
}
