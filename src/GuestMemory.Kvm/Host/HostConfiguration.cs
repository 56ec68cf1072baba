using System.Collections.ObjectModel;

namespace GuestMemory.Kvm;

/// <summary>What one host is built and run with, where hosts of one kernel version differ. A value.</summary>
public sealed record HostConfiguration
{
    /// <summary>KVM_SET_MEMORY_ATTRIBUTES is built in. Default: yes.</summary>
    public bool MemoryAttributes { get; init; } = true;

    /// <summary>System management mode is built in: ordinary VMs have a second address space of slots. Default: yes.</summary>
    public bool SystemManagementMode { get; init; } = true;

    /// <summary>Guests are translated by nested tables, so that pre-fault works. Default: yes.</summary>
    public bool TwoDimensionalPaging { get; init; } = true;

    /// <summary>Bits of a guest physical address, 32 to 52. Default 40.</summary>
    public int GpaWidth { get; init; } = 40;

    /// <summary>Bit mask of VM types that can be created. Default: ordinary and software-protected.</summary>
    public ulong VmTypes { get; init; } = 3;

    /// <summary>The way guest accesses take. Default: the translations.</summary>
    public GuestAccessPath GuestAccessPath { get; init; } = GuestAccessPath.Translations;

    /// <summary>Largest run of frames guest_memfd takes at once, as an order: 0, 9 or 18. Default 0; anything else is not mainline.</summary>
    public int GuestMemfdLargestOrder { get; init; }

    /// <summary>Same-page merging is built in, so that advising it succeeds. Default: no.</summary>
    public bool SamePageMerging { get; init; }

    /// <summary>KVM remembers which guest frames were device memory and lets that win over the attribute (FINDINGS 1). Default: yes.</summary>
    public bool RemembersMmio { get; init; } = true;

    /// <summary>The emulator reads and writes through userspace_addr whatever the attribute says (FINDINGS 2). Default: yes.</summary>
    public bool EmulatorBypassesPrivate { get; init; } = true;

    /// <summary>Answers of KVM_CHECK_EXTENSION that nothing here computes, by capability number. Default: none is known.</summary>
    public IReadOnlyDictionary<int, ulong> OtherCapabilities { get; init; } = ReadOnlyDictionary<int, ulong>.Empty;

    /// <summary>Checks the values.</summary>
    /// <returns>The same value.</returns>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public HostConfiguration Validated() => (GpaWidth, GuestMemfdLargestOrder) switch
    {
        ( < 32 or > 52, _) => throw new ArgumentException($"{nameof(GpaWidth)} is {GpaWidth}; it must be 32 to 52."),
        (_, not (0 or 9 or 18)) => throw new ArgumentException($"{nameof(GuestMemfdLargestOrder)} is {GuestMemfdLargestOrder}; it must be 0, 9 or 18."),
        _ => this,
    };
}
