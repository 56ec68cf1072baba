namespace GuestMemory;

/// <summary>The size of a page.</summary>
/// <remarks>
/// The numbers are this library's own: each architecture maps a size to its encoding by name. Any other
/// value is undefined, and the members of <see cref="PageSizes"/> throw for it.
/// </remarks>
public enum PageSize
{
    /// <summary>4 KiB, one frame.</summary>
    Size4K = 0,

    /// <summary>2 MiB, 512 frames.</summary>
    Size2M = 1,

    /// <summary>1 GiB, 262144 frames.</summary>
    Size1G = 2,
}
