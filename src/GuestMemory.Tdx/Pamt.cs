using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GuestMemory.Tdx;

/// <summary>The physical-address metadata table: for every page of the module's memory whose it is and what it is used for.</summary>
/// <remarks>
/// Raw storage: who may change what is said by the module's functions, which alone write here. Three entries cover each 4 KiB, one of
/// each size, and at most one of them says anything. Kept by blocks of 1 GiB: cost follows what was touched, 16 bytes a 4K page and
/// some 26 a 2M page where every page differs. Not thread-safe. Source: tdx-module, PAMT.
/// </remarks>
public sealed partial class Pamt : IStateful
{
    private const int LargeShift = 9;
    private const ulong InLarge = (1UL << LargeShift) - 1;
    private readonly PamtRange[] _ranges;

    /// <summary>Creates a table of free pages.</summary>
    /// <param name="tdmrs">The ranges, ascending.</param>
    /// <param name="initialized">Whether every block is initialised; otherwise none is (<see cref="Initialize"/>).</param>
    /// <exception cref="ArgumentException">A range is empty, not a multiple of 1 GiB, overlaps the one before it, or there are more than 64; the message names it.</exception>
    public Pamt(IReadOnlyList<Tdmr> tdmrs, bool initialized = true)
    {
        ArgumentNullException.ThrowIfNull(tdmrs);
        PamtRange.Require(tdmrs);
        Tdmrs = tdmrs;
        _ranges = new PamtRange[tdmrs.Count];
        for (var index = 0; index < _ranges.Length; index++)
        {
            _ranges[index] = new(tdmrs[index], initialized);
        }
    }

    /// <summary>The ranges, ascending.</summary>
    public IReadOnlyList<Tdmr> Tdmrs { get; }

    /// <summary>Whether a frame lies in an initialised block of a TDMR.</summary>
    /// <param name="frame">The frame.</param>
    public bool IsKnown(Pfn frame) => RangeOf(frame) is { } range && frame.Value < range.InitializedEnd;

    /// <summary>The entry that describes a frame: the largest private page that covers it, or its own. Unknown frames have the default.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="size">The size of the entry.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PamtEntry LookUp(Pfn frame, out PageSize size)
    {
        size = PageSize.Size4K;
        if (RangeOf(frame) is not { } range)
        {
            return default;
        }

        if (range.BlockOf(frame) is not { } block)
        {
            return range.Untouched(frame);
        }

        if (block.Whole.Type == PageType.Reg)
        {
            size = PageSize.Size1G;
            return block.Whole;
        }

        var at = LargeIndex(frame);
        ref readonly var large = ref block.Large[at];
        if (large.Type == PageType.Reg)
        {
            size = PageSize.Size2M;
            return large;
        }

        return block.Small[at] is { } small ? EntryOf(small, frame) : range.Untouched(frame);
    }

    /// <summary>One of the three entries that cover a frame, as it is stored.</summary>
    /// <param name="size">Which.</param>
    /// <param name="frame">The frame; unknown ones have the default.</param>
    public PamtEntry this[PageSize size, Pfn frame]
    {
        get
        {
            if (RangeOf(frame) is not { } range)
            {
                return default;
            }

            var block = range.BlockOf(frame);
            return size switch
            {
                PageSize.Size1G => block?.Whole ?? default,
                PageSize.Size2M => block?.Large[LargeIndex(frame)] ?? default,
                _ => block?.Small[LargeIndex(frame)] is { } small ? small[(int)(frame.Value & InLarge)] : range.Untouched(frame),
            };
        }
    }

    /// <summary>Whether every 4K entry of a 2M page is NDA: none used, none reserved.</summary>
    /// <param name="frame">A frame of the page.</param>
    public bool IsFree2M(Pfn frame) =>
        RangeOf(frame) is { } range && (range.BlockOf(frame) is { } block ? block.Taken[LargeIndex(frame)] == 0 : range.ReservedIn2M(frame) == 0);

    /// <summary>The entry that describes a frame, and how many frames from it on are alike: those of the same private page, or of 2M of free pages; otherwise 1.</summary>
    internal PamtEntry LookUpAlike(Pfn frame, out ulong alike)
    {
        var entry = LookUp(frame, out var size);
        var frames = (size == PageSize.Size4K && entry.Type == PageType.Nda && IsFree2M(frame) ? PageSize.Size2M : size).FrameCount();
        alike = frames - (frame.Value & (frames - 1));
        return entry;
    }

    /// <summary>The entries that are not as the table began, in order of frame, larger ones first.</summary>
    public IEnumerable<PamtRun> Runs()
    {
        foreach (var range in _ranges)
        {
            foreach (var run in range.Runs())
            {
                yield return run;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LargeIndex(Pfn frame) => (int)((frame.Value >> LargeShift) & (PamtBlock.LargePages - 1));

    // Every array of small entries has 512; asking one for its length would read a line more of memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref readonly PamtEntry EntryOf(PamtEntry[] small, Pfn frame) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(small), (nint)(frame.Value & InLarge));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PamtRange? RangeOf(Pfn frame)
    {
        foreach (var range in _ranges)
        {
            if (unchecked(frame.Value - range.Start) < range.Frames)
            {
                return range;
            }
        }

        return null;
    }
}
