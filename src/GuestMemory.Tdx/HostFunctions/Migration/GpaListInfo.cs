namespace GuestMemory.Tdx;

/// <summary>Where a GPA list lies and which of its entries are meant, as functions take it in RCX.</summary>
/// <param name="Raw">The 64 bits: 2:0 format (0), 11:3 first entry, 51:12 page, 54:52 reserved, 63:55 last entry.</param>
/// <remarks>Source: tdx-module, tdx_api_defs.h.</remarks>
public readonly record struct GpaListInfo(ulong Raw)
{
    private const int FirstShift = 3;
    private const int LastShift = 55;
    private const ulong EntryNumber = 511;

    /// <summary>A list.</summary>
    /// <param name="page">The page it lies in, under one of the host's keys.</param>
    /// <param name="last">Last entry, 0 to 511.</param>
    /// <param name="first">First entry, 0 to 511.</param>
    public GpaListInfo(Spa page, int last, int first = 0)
        : this(page.Value | ((ulong)first << FirstShift) | ((ulong)last << LastShift))
    {
    }

    /// <summary>Bits 2:0; 0 is the only one there is.</summary>
    public int Format => (int)(Raw & 7);

    /// <summary>The first entry meant.</summary>
    public int First => (int)((Raw >> FirstShift) & EntryNumber);

    /// <summary>The last entry meant.</summary>
    public int Last => (int)((Raw >> LastShift) & EntryNumber);

    /// <summary>The page, key identifier included.</summary>
    public Spa Page => new(Raw & 0x000f_ffff_ffff_f000);

    /// <summary>Whether the format is known, the reserved bits are clear and the first entry is not behind the last.</summary>
    public bool IsWellFormed => Format == 0 && (Raw & (7UL << 52)) == 0 && First <= Last;

    /// <summary>The same list from another entry on; 512 becomes 0.</summary>
    /// <param name="first">The entry.</param>
    public GpaListInfo From(int first) => new((Raw & ~(EntryNumber << FirstShift)) | (((ulong)first & EntryNumber) << FirstShift));

    /// <summary>"spa 0x100000, entries 0 to 3".</summary>
    public override string ToString() => $"{Page}, entries {First} to {Last}";
}
