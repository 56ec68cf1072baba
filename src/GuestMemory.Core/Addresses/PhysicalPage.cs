using System.Diagnostics;

namespace GuestMemory;

/// <summary>A page of system physical memory: an aligned first frame and a size.</summary>
/// <remarks>The default value is frame 0 at 4 KiB, which is a valid page.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly record struct PhysicalPage
{
    /// <summary>Makes the page that starts at a frame.</summary>
    /// <param name="start">The first frame, a multiple of the size.</param>
    /// <param name="size">A defined page size.</param>
    /// <exception cref="ArgumentException"><paramref name="start"/> is not aligned to the size.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is undefined.</exception>
    /// <exception cref="OverflowException">The page ends beyond the last frame number.</exception>
    public PhysicalPage(Pfn start, PageSize size)
    {
        if (!start.IsAligned(size))
        {
            throw new ArgumentException($"{start} is not aligned to {size}.", nameof(start));
        }

        Start = start;
        Size = size;

        // A page whose end does not fit must fail here, not when somebody asks for its frames.
        _ = Frames;
    }

    /// <summary>The first frame.</summary>
    public Pfn Start { get; }

    /// <summary>The size.</summary>
    public PageSize Size { get; }

    /// <summary>All frames of the page.</summary>
    public PfnRange Frames => new(Start, Size.FrameCount());

    /// <summary>Returns the page as text, for example <c>pfn 0x200 (Size2M)</c>.</summary>
    public override string ToString() => $"{Start} ({Size})";
}
