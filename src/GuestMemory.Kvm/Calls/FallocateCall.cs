namespace GuestMemory.Kvm;

/// <summary>Everything the checks of fallocate(2) read.</summary>
internal ref struct FallocateCall
{
    /// <summary>Mode bits.</summary>
    public ulong Mode;

    /// <summary>First byte.</summary>
    public long Offset;

    /// <summary>Bytes.</summary>
    public long Length;

    /// <summary>The kernel's ways.</summary>
    public KernelProfile Profile;

    /// <summary>What the file is.</summary>
    public OpenFileKind Kind;

    /// <summary>Size of the file.</summary>
    public ulong Size;

    /// <summary>Whether a hole is punched.</summary>
    public readonly bool Punches => (Mode & FallocateRules.PunchHole) != 0;
}
