namespace GuestMemory.Kvm;

/// <summary>Everything the checks of mmap(2) of a file read.</summary>
internal ref struct MmapCall
{
    /// <summary>Offset in the file, bytes.</summary>
    public long Offset;

    /// <summary>Bytes.</summary>
    public ulong Length;

    /// <summary>Rights asked for.</summary>
    public HostRights Rights;

    /// <summary>Whether writes are to reach the file.</summary>
    public bool IsShared;

    /// <summary>What the file is.</summary>
    public OpenFileKind Kind;

    /// <summary>Whether a guest_memfd may be mapped.</summary>
    public bool IsMappable;

    /// <summary>The kernel's ways.</summary>
    public KernelProfile Profile;

    /// <summary>Where the mapping would go.</summary>
    public ulong Next;

    /// <summary>Length in whole pages; 0 when it wraps.</summary>
    public readonly ulong RoundedLength => unchecked((Length + 0xfff) & ~0xfffUL);

    /// <summary>Page of the file, as the kernel takes a negative offset: very large.</summary>
    public readonly ulong Page => unchecked((ulong)Offset) >> 12;
}
