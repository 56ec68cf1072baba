namespace GuestMemory;

/// <summary>How one run of a vCPU ended, with the fields its reason has.</summary>
/// <remarks>A value; the default is a failed run without reason or errno, which no run returns.</remarks>
public readonly struct VcpuExit
{
    private readonly MmioFragments _fragments;

    private VcpuExit(ExitReason reason, Errno errno, Rule? decidedBy)
    {
        Reason = reason;
        Errno = errno;
        DecidedBy = decidedBy;
    }

    private VcpuExit(in MmioFragments fragments, int count)
    {
        Reason = ExitReason.Mmio;
        _fragments = fragments;
        FragmentCount = count;
    }

    /// <summary>Why the vCPU left.</summary>
    public ExitReason Reason { get; }

    /// <summary>What the run call itself answered.</summary>
    public Errno Errno { get; }

    /// <summary>The rule that decided; <see langword="null"/> when nothing refused.</summary>
    public Rule? DecidedBy { get; }

    /// <summary>What a load read, for <see cref="ExitReason.Hlt"/>; the hardware's reason of a failed entry; the kind of a guest exception.</summary>
    public ulong Value { get; private init; }

    /// <summary>The faulting page's first byte, for <see cref="ExitReason.MemoryFault"/> and <see cref="ExitReason.GuestException"/>; the hypercall's address.</summary>
    public Gpa Gpa { get; private init; }

    /// <summary>Bytes of the faulting range; pages of the hypercall's.</summary>
    public ulong Size { get; private init; }

    /// <summary>Attributes of the memory fault (8: the access was private); attributes asked by the hypercall; a guest exception's error code.</summary>
    public ulong Flags { get; private init; }

    /// <summary>The internal error's number.</summary>
    public int SubError { get; private init; }

    /// <summary>Number of MMIO fragments.</summary>
    public int FragmentCount { get; }

    /// <summary>An MMIO fragment.</summary>
    /// <param name="index">From 0, in order of delivery.</param>
    public MmioFragment Fragment(int index) => index < FragmentCount
        ? _fragments[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, "There is no such fragment.");

    /// <summary>The access was done.</summary>
    /// <param name="value">What it read; 0 for a store.</param>
    public static VcpuExit Halted(ulong value) => Halted(value, default);

    /// <summary>The guest's call ended before all of it was done.</summary>
    /// <param name="value">What it is told.</param>
    /// <param name="at">Where it goes on.</param>
    public static VcpuExit Halted(ulong value, Gpa at) => new(ExitReason.Hlt, Errno.OK, null) { Value = value, Gpa = at };

    /// <summary>The VMM is to emulate device memory.</summary>
    /// <param name="fragments">The fragments.</param>
    /// <param name="count">How many.</param>
    public static VcpuExit DeviceMemory(in MmioFragments fragments, int count) => new(fragments, count);

    /// <summary>The memory-fault exit.</summary>
    /// <param name="errno">EFAULT or EHWPOISON.</param>
    /// <param name="page">The page.</param>
    /// <param name="isPrivate">Whether the access was private.</param>
    /// <param name="decidedBy">The rule.</param>
    public static VcpuExit MemoryFault(Errno errno, Gfn page, bool isPrivate, Rule? decidedBy) =>
        new(ExitReason.MemoryFault, errno, decidedBy) { Gpa = page.Address, Size = 4096, Flags = isPrivate ? (ulong)MemoryAttributes.Private : 0 };

    /// <summary>The run failed and left no reason.</summary>
    /// <param name="errno">The errno.</param>
    /// <param name="decidedBy">The rule.</param>
    public static VcpuExit Failed(Errno errno, Rule? decidedBy) => new(ExitReason.Unknown, errno, decidedBy);

    /// <summary>The run was interrupted by a signal for a broken page.</summary>
    /// <param name="decidedBy">The rule.</param>
    public static VcpuExit Signalled(Rule? decidedBy) => new(ExitReason.Signal, Errno.EINTR, decidedBy);

    /// <summary>The kernel's emulator gave up.</summary>
    /// <param name="subError">Its number; 1 is emulation failure.</param>
    public static VcpuExit InternalError(int subError) => new(ExitReason.InternalError, Errno.OK, null) { SubError = subError };

    /// <summary>The processor refused to enter the guest.</summary>
    /// <param name="refusal">Why.</param>
    public static VcpuExit EntryFailed(in Outcome refusal) => new(ExitReason.FailEntry, Errno.OK, refusal.DecidedBy) { Value = refusal.Code };

    /// <summary>The guest's own handler got an exception.</summary>
    /// <param name="page">The page accessed.</param>
    /// <param name="fault">The fault: its code is the technology's kind of it, its information the error code.</param>
    public static VcpuExit GuestException(Gfn page, in Outcome fault) =>
        new(ExitReason.GuestException, Errno.OK, fault.DecidedBy) { Gpa = page.Address, Size = 4096, Value = fault.Code, Flags = fault.Info };

    /// <summary>The guest asks to convert a range.</summary>
    /// <param name="gpa">First byte.</param>
    /// <param name="pages">Pages of 4096 bytes.</param>
    /// <param name="attributes">The attributes asked for.</param>
    public static VcpuExit MapGpaRange(Gpa gpa, ulong pages, ulong attributes) =>
        new(ExitReason.Hypercall, Errno.OK, null) { Gpa = gpa, Size = pages, Flags = attributes };

    /// <summary>Reason and errno.</summary>
    public override string ToString() => $"{Reason} ({Errno})";
}
