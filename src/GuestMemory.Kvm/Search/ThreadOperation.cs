namespace GuestMemory.Kvm;

/// <summary>The critical sections of the search's threads. The order is that of <see cref="IStepSystem.FindSteps"/>.</summary>
internal enum ThreadOperation : byte
{
    /// <summary>A vCPU loads: through a translation, or it begins a fault.</summary>
    Load,

    /// <summary>A vCPU stores: through a translation, or it begins a fault.</summary>
    Store,

    /// <summary>The next step of a vCPU's fault.</summary>
    Fault,

    /// <summary>A conversion to the other kind begins.</summary>
    Convert,

    /// <summary>The next step of the conversion: unmap, flush, store, end.</summary>
    ConvertOn,

    /// <summary>A punch begins: its invalidation is open, the page unmapped and flushed.</summary>
    Punch,

    /// <summary>The next step of the punch: free, end.</summary>
    PunchOn,

    /// <summary>The last reference to the private file is dropped.</summary>
    Close,

    /// <summary>The kernel releases the file whose last reference was dropped.</summary>
    Release,

    /// <summary>A new private file is opened, the old one being gone.</summary>
    Open,

    /// <summary>The slot's deletion begins: out of use, its translations gone.</summary>
    Delete,

    /// <summary>The next step of the deletion: unbind, free.</summary>
    DeleteOn,

    /// <summary>A slot is created over the private file.</summary>
    Create,

    /// <summary>madvise(2), MADV_DONTNEED, of a shared page.</summary>
    Discard,

    /// <summary>A device pins a shared page.</summary>
    Pin,

    /// <summary>The device lets go.</summary>
    Unpin,

    /// <summary>The kernel moves a shared page to another frame.</summary>
    Move,

    /// <summary>A private page turns out broken.</summary>
    Poison,
}
