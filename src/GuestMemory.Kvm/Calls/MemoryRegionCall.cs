namespace GuestMemory.Kvm;

/// <summary>Everything the checks of KVM_SET_USER_MEMORY_REGION2 read.</summary>
internal ref struct MemoryRegionCall
{
    /// <summary>The argument.</summary>
    public MemoryRegion Region;

    /// <summary>The old ioctl: it knows no guest_memfd.</summary>
    public bool IsFirstVersion;

    /// <summary>The VM.</summary>
    public VirtualMachine Vm;

    /// <summary>The kernel's ways.</summary>
    public KernelProfile Profile;

    /// <summary>Number of guest address spaces of the VM.</summary>
    public int AddressSpaces;

    /// <summary>Whether the VM may have guest_memfd slots.</summary>
    public bool MayHaveGuestMemfd;

    /// <summary>First guest frame above the machine's limit.</summary>
    public ulong GfnLimit;

    /// <summary>The slot there is of that id, or none.</summary>
    public Memslot? Old;

    /// <summary>The descriptor's open file; kind none when it is not open.</summary>
    public OpenFile File;

    /// <summary>The guest_memfd, when it is one; of this VM or another.</summary>
    public BackingFile? Backing;

    /// <summary>Id within the address space.</summary>
    public readonly int Id => (int)(Region.Slot & 0xffff);

    /// <summary>Guest address space.</summary>
    public readonly int AddressSpace => (int)(Region.Slot >> 16);

    /// <summary>Whether the region asks for a guest_memfd.</summary>
    public readonly bool WantsGuestMemfd => (Region.Flags & MemoryRegion.HasGuestMemfd) != 0;

    /// <summary>Whether the call deletes.</summary>
    public readonly bool Deletes => Region.MemorySize == 0;

    /// <summary>Guest frames of the region; valid once the wrap checks passed.</summary>
    public readonly GfnRange Gfns => new(new(Region.GuestPhysicalAddress >> 12), Region.MemorySize >> 12);

    /// <summary>Whether the call changes an existing slot's frames.</summary>
    public readonly bool Moves => Old is not null && Old.Gfns.Start != Gfns.Start;

    /// <summary>Whether the call creates a slot.</summary>
    public readonly bool Creates => Old is null && !Deletes;
}
