namespace GuestMemory;

/// <summary>Why a vCPU left to its VMM.</summary>
public enum ExitReason : byte
{
    /// <summary>The run failed with an errno and left no reason (KVM_EXIT_UNKNOWN).</summary>
    Unknown,

    /// <summary>The instruction was done and the vCPU halted.</summary>
    Hlt,

    /// <summary>The VMM is to emulate device memory.</summary>
    Mmio,

    /// <summary>No page could be had for the access; always with an errno.</summary>
    MemoryFault,

    /// <summary>The guest asked something of its VMM.</summary>
    Hypercall,

    /// <summary>The process was signalled.</summary>
    Signal,

    /// <summary>The kernel's emulator gave up.</summary>
    InternalError,

    /// <summary>The processor refused to enter the guest.</summary>
    FailEntry,

    /// <summary>Nothing left to the VMM: the guest's own handler got an exception. The model stops there, as the guest's next step is its own.</summary>
    GuestException,
}
