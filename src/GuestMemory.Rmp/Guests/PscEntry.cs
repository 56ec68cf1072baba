namespace GuestMemory.Rmp;

/// <summary>An entry of a page state change, as the guest wrote it. Any number decodes; the handler judges it.</summary>
/// <param name="Value">11:0 pages done, 51:12 first guest frame, 55:52 operation, 56 size, 63:57 reserved. Source: ghcb, 4.1.6.</param>
public readonly record struct PscEntry(ulong Value)
{
    private const ulong PageMask = 0xfff;
    private const ulong FrameMask = (1UL << 40) - 1;

    /// <summary>Makes an entry.</summary>
    /// <param name="operation">What it asks.</param>
    /// <param name="gfn">First guest frame, below 2^40.</param>
    /// <param name="isLarge">2M instead of 4K.</param>
    /// <param name="currentPage">How many of its pages are done, 0 to 4095.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number does not fit its field.</exception>
    public static PscEntry Of(PscOperation operation, Gfn gfn, bool isLarge = false, int currentPage = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)operation, 15, nameof(operation));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gfn.Value, FrameMask, nameof(gfn));
        ArgumentOutOfRangeException.ThrowIfNegative(currentPage);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(currentPage, (int)PageMask);
        return new((uint)currentPage | (gfn.Value << 12) | ((ulong)operation << 52) | (isLarge ? 1UL << 56 : 0));
    }

    /// <summary>How many of its pages are done.</summary>
    public int CurrentPage => (int)(Value & PageMask);

    /// <summary>First guest frame.</summary>
    public Gfn Gfn => new((Value >> 12) & FrameMask);

    /// <summary>What it asks; numbers without a name ask nothing.</summary>
    public PscOperation Operation => (PscOperation)((Value >> 52) & 0xf);

    /// <summary>Whether it names a 2M page.</summary>
    public bool IsLarge => (Value & (1UL << 56)) != 0;

    /// <summary>How many 4K pages it names.</summary>
    public int Pages => IsLarge ? 512 : 1;

    /// <summary>The entry with its pages counted as done up to a number.</summary>
    /// <param name="currentPage">0 to 4095.</param>
    public PscEntry At(int currentPage) => new((Value & ~PageMask) | ((uint)currentPage & PageMask));

    /// <summary>"Shared 2M at gfn 0x80000, 3 done".</summary>
    public override string ToString() => $"{Operation} {(IsLarge ? "2M" : "4K")} at {Gfn}, {CurrentPage} done";
}
