namespace GuestMemory.Tdx;

/// <summary>A guest address with a level, as functions take it in RCX: bits 2:0 level, 11:3 and 63:52 reserved.</summary>
/// <param name="Raw">The 64 bits.</param>
public readonly record struct PageInfo(ulong Raw)
{
    private const ulong ReservedBits = 0xfff0_0000_0000_0ff8;

    /// <summary>A page of a size.</summary>
    /// <param name="gpa">Its address.</param>
    /// <param name="level">Its level.</param>
    public PageInfo(Gpa gpa, SeptLevel level)
        : this(gpa.Value | (ulong)level)
    {
    }

    /// <summary>The level; a number beyond 4 names none.</summary>
    public SeptLevel Level => (SeptLevel)(byte)(Raw & 7);

    /// <summary>Bits 51:12 as an address.</summary>
    public Gpa Gpa => new(Raw & ~0xfffUL);

    /// <summary>Whether its reserved bits are clear, its level lies in a range, and its address is aligned to the level.</summary>
    /// <param name="lowest">Lowest level allowed.</param>
    /// <param name="highest">Highest level allowed.</param>
    public bool IsWellFormed(SeptLevel lowest, SeptLevel highest) =>
        (Raw & ReservedBits) == 0 && Level >= lowest && Level <= highest && (Gpa.Value & ((Level.FrameCount() << 12) - 1)) == 0;

    /// <summary>"gpa 0x2000, Pt".</summary>
    public override string ToString() => $"{Gpa}, {Level}";
}
