namespace GuestMemory.Rmp;

/// <summary>Everything the checks of a guest's instruction on one page read: PVALIDATE, RMPADJUST, RMPQUERY.</summary>
public readonly ref struct GuestPageCall
{
    // What every #NPF of a guest instruction says: a read of a present page at the access's own translation, C-bit 1.
    internal const ulong ReadBits = FaultBits.Present | FaultBits.User | FaultBits.FinalTranslation | FaultBits.Encrypted;

    internal GuestPageCall(ReverseMapTable table, SnpSwitches switches, in CpuState cpu, bool isOn, in GuestWalk walk, bool isLarge, byte target = 0, byte mask = 0)
    {
        Switches = switches;
        Cpu = cpu;
        IsOn = isOn;
        Walk = walk;
        IsLarge = isLarge;
        Target = target;
        Mask = mask;
        IsCovered = table.Coverage.Covers(walk.Frame);
        Entry = table.Resolve(walk.Frame);
    }

    /// <summary>The processor.</summary>
    public CpuState Cpu { get; }

    /// <summary>Whether SEV-SNP is on.</summary>
    public bool IsOn { get; }

    /// <summary>The open points.</summary>
    public SnpSwitches Switches { get; }

    /// <summary>Where the address leads.</summary>
    public GuestWalk Walk { get; }

    /// <summary>Whether 2M is asked for.</summary>
    public bool IsLarge { get; }

    /// <summary>The target level, as the register has it.</summary>
    public byte Target { get; }

    /// <summary>The mask, as the register has it.</summary>
    public byte Mask { get; }

    /// <summary>Whether the page has an entry.</summary>
    public bool IsCovered { get; }

    /// <summary>The page's entry, through its head.</summary>
    public RmpEntry Entry { get; }

    /// <summary>Where the request's page begins.</summary>
    internal Pfn Head => IsLarge ? Walk.Frame.AlignDown(PageSize.Size2M) : Walk.Frame;

    internal PageSize NestedRmpSize => Walk.NestedSize == PageSize.Size4K ? PageSize.Size4K : PageSize.Size2M;

    // The address a fault reports.
    internal ulong AddressOf(in RmpAnswer answer) => answer.Fault switch
    {
        RmpFaultKind.NestedPageFault => Walk.Gpa.Value,
        RmpFaultKind.PageFault or RmpFaultKind.VmmCommunication => Walk.Gva,
        _ => 0,
    };

    internal static bool IsUndefined(ref GuestPageCall call) => !call.IsOn || !call.Cpu.LongMode || !call.Cpu.SnpActive;

    internal static bool IsUnprivileged(ref GuestPageCall call) => call.Cpu.Cpl != 0;

    internal static bool IsMisaligned(ref GuestPageCall call) => call.IsLarge && !call.Walk.IsLargeAligned;

    internal static bool IsTargetTooHigh(ref GuestPageCall call) => call.Target <= call.Cpu.Vmpl.Value;

    internal static bool IsTargetUnknown(ref GuestPageCall call) => call.Target >= call.Switches.ImplementedVmpls;

    internal static bool IsGuestUnmapped(ref GuestPageCall call) => call.Walk.End == WalkEnd.GuestFault;

    internal static bool IsGuestShared(ref GuestPageCall call) => !call.Walk.Encrypted;

    internal static bool IsNestedUnmapped(ref GuestPageCall call) => call.Walk.End == WalkEnd.NestedFault;

    internal static bool IsUncovered(ref GuestPageCall call) => !call.IsCovered;

    internal static bool IsImmutable(ref GuestPageCall call) => call.Entry.Immutable;

    internal static bool IsUnassigned(ref GuestPageCall call) => !call.Entry.Assigned;

    // A 2M request names a page by its first frame.
    internal static bool IsElsewhere(ref GuestPageCall call) =>
        call.Entry.Gpa.Frame != call.Walk.Gpa.Frame || (call.IsLarge && call.Entry.Size == PageSize.Size2M && !call.Walk.Frame.IsAligned(PageSize.Size2M));

    internal static bool IsForeign(ref GuestPageCall call) => call.Entry.Asid != call.Cpu.Asid;

    internal static bool IsSizeUnlikeNested(ref GuestPageCall call) => call.Entry.Size != call.NestedRmpSize;

    internal static bool IsRequestSmaller(ref GuestPageCall call) => !call.IsLarge && call.Entry.Size == PageSize.Size2M;

    internal static bool IsRequestLarger(ref GuestPageCall call) => call.IsLarge && call.Entry.Size == PageSize.Size4K;

    internal static bool IsNotValidated(ref GuestPageCall call) => !call.Entry.Validated;
}
