namespace GuestMemory;

/// <summary>How a guest fault stands or ended.</summary>
public enum FaultVerdict : byte
{
    /// <summary>Not over: more steps to make.</summary>
    Continue,

    /// <summary>Mapped.</summary>
    Mapped,

    /// <summary>An invalidation came between: start again.</summary>
    Retry,

    /// <summary>The frame's kind is not the wanted one: the VMM is asked.</summary>
    WrongKind,

    /// <summary>No slot holds the frame and the access is shared: the VMM emulates a device.</summary>
    NoSlot,

    /// <summary>A write to a read-only slot: the VMM emulates it.</summary>
    ReadOnly,

    /// <summary>No page can be had: the memory-fault exit. The detail says why.</summary>
    NoPage,

    /// <summary>The shared side's address gives no page. The detail says why.</summary>
    HostFault,

    /// <summary>The shared side's page has a hardware error: the process is signalled.</summary>
    HostPoisoned,

    /// <summary>The ownership table or the MMU refused. The detail says why.</summary>
    Refused,

    /// <summary>The guest is dead.</summary>
    GuestDead,
}
