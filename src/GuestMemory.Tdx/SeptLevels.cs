namespace GuestMemory.Tdx;

/// <summary>What levels say in numbers.</summary>
public static class SeptLevels
{
    /// <summary>Frames of 4 KiB one entry covers.</summary>
    /// <param name="level">The level.</param>
    public static ulong FrameCount(this SeptLevel level) => 1UL << ((int)level * 9);

    /// <summary>The page size of a leaf at this level; leaves are allowed up to 1 GiB.</summary>
    /// <param name="level">The level.</param>
    /// <exception cref="ArgumentOutOfRangeException">No leaf has this level.</exception>
    public static PageSize PageSize(this SeptLevel level) => level <= SeptLevel.Pdpt
        ? (PageSize)(int)level
        : throw new ArgumentOutOfRangeException(nameof(level), level, "No leaf of a Secure EPT has this level.");

    /// <summary>The level of a page size's leaf.</summary>
    /// <param name="size">The size.</param>
    public static SeptLevel Of(PageSize size) => (SeptLevel)(byte)size;

    /// <summary>Which of a table's 512 entries a guest frame uses.</summary>
    /// <param name="level">The level of the entries.</param>
    /// <param name="gfn">The guest frame.</param>
    public static int IndexOf(this SeptLevel level, Gfn gfn) => (int)((gfn.Value >> ((int)level * 9)) & 511);
}
