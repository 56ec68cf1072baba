namespace GuestMemory.Tdx;

/// <summary>A lock another logical processor holds.</summary>
/// <param name="Kind">Of what.</param>
/// <param name="Frame">The page it belongs to: a PAMT entry's first frame, or a TD's root page.</param>
/// <param name="Size">The PAMT entry's size; 4K for others.</param>
public readonly record struct HeldLock(LockKind Kind, Pfn Frame, PageSize Size = PageSize.Size4K)
{
    /// <summary>The lock of a PAMT entry.</summary>
    /// <param name="size">Its size.</param>
    /// <param name="frame">A frame it covers.</param>
    public static HeldLock Pamt(PageSize size, Pfn frame) => new(LockKind.Pamt, frame.AlignDown(size), size);

    /// <summary>The tree lock of a TD's Secure EPT.</summary>
    /// <param name="tdr">The TD's root page.</param>
    public static HeldLock SeptTree(Pfn tdr) => new(LockKind.SeptTree, tdr);

    /// <summary>A TD's op state lock.</summary>
    /// <param name="tdr">The TD's root page.</param>
    public static HeldLock OpState(Pfn tdr) => new(LockKind.OpState, tdr);

    /// <summary>A TD's epoch lock.</summary>
    /// <param name="tdr">The TD's root page.</param>
    public static HeldLock Epoch(Pfn tdr) => new(LockKind.Epoch, tdr);

    /// <summary>The key ownership table's lock.</summary>
    public static HeldLock Keys => new(LockKind.Keys, default);

    /// <summary>The cache write-back lock of a package.</summary>
    /// <param name="package">Its number.</param>
    public static HeldLock CacheWriteBack(int package) => new(LockKind.CacheWriteBack, new((ulong)package));

    /// <summary>The lock of a TDMR's initialisation.</summary>
    /// <param name="start">The TDMR's first frame.</param>
    public static HeldLock Tdmr(Pfn start) => new(LockKind.Tdmr, start);

    /// <summary>"Pamt Size4K pfn 0x1".</summary>
    public override string ToString() => $"{Kind} {Size} {Frame}";
}
