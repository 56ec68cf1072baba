using System.Runtime.CompilerServices;

namespace GuestMemory;

/// <summary>What follows from a <see cref="PageSize"/>.</summary>
/// <remarks>Every method throws <see cref="ArgumentOutOfRangeException"/> for an undefined size.</remarks>
public static class PageSizes
{
    /// <summary>The number of address bits inside a 4 KiB frame.</summary>
    internal const int FrameShift = 12;

    /// <summary>The size of a frame in bytes.</summary>
    internal const ulong FrameBytes = 1UL << FrameShift;

    /// <summary>The size as a power of two of frames: 0, 9 or 18.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Order(this PageSize size) => unchecked((uint)size) <= (uint)PageSize.Size1G ? (int)size * 9 : throw Undefined(size);

    /// <summary>The number of 4 KiB frames: 1, 512 or 262144.</summary>
    public static ulong FrameCount(this PageSize size) => 1UL << size.Order();

    /// <summary>The size in bytes.</summary>
    public static ulong Bytes(this PageSize size) => FrameBytes << size.Order();

    /// <summary>The largest page size that fits a block of 2^<paramref name="order"/> frames.</summary>
    /// <param name="order">A power of two of frames, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="order"/> is negative.</exception>
    public static PageSize FromOrder(int order)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        return order switch
        {
            < 9 => PageSize.Size4K,
            < 18 => PageSize.Size2M,
            _ => PageSize.Size1G,
        };
    }

    private static ArgumentOutOfRangeException Undefined(PageSize size) => new(nameof(size), size, "The page size is not defined.");
}
