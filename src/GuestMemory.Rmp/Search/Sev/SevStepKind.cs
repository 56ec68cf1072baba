namespace GuestMemory.Rmp;

/// <summary>What is done in a world without the table.</summary>
internal enum SevStepKind
{
    /// <summary>The host leads a guest's address to a frame.</summary>
    Map,

    /// <summary>The host reads a frame.</summary>
    HostRead,

    /// <summary>The host writes a frame.</summary>
    HostWrite,

    /// <summary>The host keeps a frame's bytes.</summary>
    Keep,

    /// <summary>The host writes the bytes it kept back to their frame.</summary>
    PutBack,

    /// <summary>The host reads a guest's instruction pointer in its save area.</summary>
    ReadRegisters,

    /// <summary>The host writes it.</summary>
    SetRegisters,

    /// <summary>A vCPU reads.</summary>
    GuestRead,

    /// <summary>A vCPU writes the other of its address's two tokens.</summary>
    GuestWrite,
}
