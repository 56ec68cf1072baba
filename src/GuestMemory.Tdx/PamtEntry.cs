namespace GuestMemory.Tdx;

/// <summary>One PAMT entry as the module keeps it, in 16 bytes. The default is a free page (NDA).</summary>
/// <param name="Low">Bits 15:0 lock (kept elsewhere here, 0), 23:16 page type, 63:24 bits 51:12 of the owner's address.</param>
/// <param name="Bepoch">Bits 127:64: the TD's epoch at the last BLOCK; with bit 63 set a migration tag.</param>
/// <remarks>Source: tdx-module, PAMT entry.</remarks>
public readonly record struct PamtEntry(ulong Low, ulong Bepoch)
{
    private const int TypeShift = 16;
    private const int OwnerShift = 24;

    /// <summary>An entry of a type and owner.</summary>
    /// <param name="type">What the page is used for.</param>
    /// <param name="owner">The owning TD's root page; 0 for a root page itself.</param>
    /// <param name="bepoch">The block epoch.</param>
    public PamtEntry(PageType type, Pfn owner, ulong bepoch)
        : this(((ulong)type << TypeShift) | (owner.Value << OwnerShift), bepoch)
    {
    }

    /// <summary>A page within a reserved area.</summary>
    public static PamtEntry Reserved { get; } = new(PageType.Rsvd, default, 0);

    /// <summary>What the page is used for.</summary>
    public PageType Type => (PageType)(byte)((Low >> TypeShift) & 0xff);

    /// <summary>The owning TD's root page. Of a page that is free again, in modules that keep it: the last owner's.</summary>
    public Pfn Owner => new(Low >> OwnerShift);

    /// <summary>Whether the page is neither free nor reserved.</summary>
    public bool IsUsed => Type is not (PageType.Nda or PageType.Rsvd);

    /// <summary>The same entry with another type; owner and block epoch stay.</summary>
    /// <param name="type">The type.</param>
    public PamtEntry WithType(PageType type) => this with { Low = (Low & ~(0xffUL << TypeShift)) | ((ulong)type << TypeShift) };

    /// <summary>"Reg of pfn 0x40000, bepoch 3".</summary>
    public override string ToString() => $"{Type} of {Owner}, bepoch {Bepoch}";
}
