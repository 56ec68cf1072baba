namespace GuestMemory.Tdx;

/// <summary>One entry of a GPA list as it lies in the host's memory. The default is a NOP for address 0.</summary>
/// <param name="Raw">The 64 bits.</param>
/// <remarks>
/// Bits 1:0 level (0), 2 pending, 9:7 L2 map, 11:10 type, 51:12 address, 53:52 operation, 60:56 status; the others are reserved.
/// Source: tdx-module, tdx_api_defs.h.
/// </remarks>
public readonly record struct GpaListEntry(ulong Raw)
{
    private const ulong LevelAndReserved = 0xe0c0_0000_0000_007b;
    private const ulong PendingBit = 1UL << 2;
    private const ulong L2Map = 7UL << 7;
    private const int OperationShift = 52;
    private const int StatusShift = 56;

    /// <summary>An entry as a host writes it.</summary>
    /// <param name="gpa">The page.</param>
    /// <param name="operation">What is to be done.</param>
    /// <param name="isPending">Whether it is imported as pending; an export writes it itself.</param>
    public GpaListEntry(Gpa gpa, GpaListOperation operation, bool isPending = false)
        : this(gpa.Value | ((ulong)operation << OperationShift) | (isPending ? PendingBit : 0))
    {
    }

    /// <summary>Whether the level is 0 and the reserved bits are clear.</summary>
    public bool IsWellFormed => (Raw & LevelAndReserved) == 0;

    /// <summary>Bits 51:12 as an address.</summary>
    public Gpa Gpa => new(Raw & 0x000f_ffff_ffff_f000);

    /// <summary>Bits 53:52.</summary>
    public GpaListOperation Operation => (GpaListOperation)(byte)((Raw >> OperationShift) & 3);

    /// <summary>Bit 2: the guest had not accepted the page.</summary>
    public bool IsPending => (Raw & PendingBit) != 0;

    /// <summary>Bits 60:56.</summary>
    public GpaEntryStatus Status => (GpaEntryStatus)(byte)((Raw >> StatusShift) & 0x1f);

    /// <summary>The same entry with a status.</summary>
    /// <param name="status">The status.</param>
    public GpaListEntry With(GpaEntryStatus status) => new((Raw & ~(0x1fUL << StatusShift)) | ((ulong)status << StatusShift));

    /// <summary>The same entry with an operation.</summary>
    /// <param name="operation">The operation.</param>
    public GpaListEntry With(GpaListOperation operation) => new((Raw & ~(3UL << OperationShift)) | ((ulong)operation << OperationShift));

    /// <summary>The same entry as an export describes a page: pending or not, in no L2 VM.</summary>
    /// <param name="isPending">Whether the guest had not accepted it.</param>
    public GpaListEntry Exported(bool isPending) => new((Raw & ~(PendingBit | L2Map)) | (isPending ? PendingBit : 0));

    /// <summary>"gpa 0x2000: Migrate, Success".</summary>
    public override string ToString() => $"{Gpa}: {Operation}, {Status}";
}
