namespace GuestMemory;

/// <summary>Where the real system can fail by no fault of the caller's: what an <see cref="IFaultInjector"/> is asked at. Numbers are stable.</summary>
public enum InjectionPoint : byte
{
    /// <summary>A frame of the machine's pool is asked for; struck, none is left. Source: guest-memfd, allocation.</summary>
    FrameAllocation,

    /// <summary>The kernel asks for memory of its own: objects, slots, reserved entries, table pages; struck, none is left. Source: kvm-main, allocations.</summary>
    KernelAllocation,

    /// <summary>A loop or an entry into the guest looks for a pending signal; struck, one is there. Source: guest-memfd, allocation; kvm-api, KVM_RUN.</summary>
    Signal,

    /// <summary>An instruction or function takes an entry or lock that another processor may hold; struck, one holds it for this once. Source: apm3, RMPUPDATE and PSMASH; tdx-module, locks.</summary>
    HardwareBusy,

    /// <summary>An interruptible function looks for an interrupt; struck, one is there. Source: tdx-module, interruptible functions.</summary>
    Interrupt,

    /// <summary>A firmware command is given; struck, the firmware's hardware fails and nothing is done. Source: sev-api, status codes.</summary>
    FirmwareFailure,
}
