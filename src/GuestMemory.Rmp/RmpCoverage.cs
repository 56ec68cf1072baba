namespace GuestMemory.Rmp;

/// <summary>Which frames have an entry, and where the table itself lies.</summary>
/// <remarks>Immutable. Frames without an entry are the hypervisor's for ever. Sources: apm2, 15.36.4 and 15.36.5; apm2-later, 15.36.22 (segments).</remarks>
public sealed class RmpCoverage
{
    /// <summary>Bytes at the start of a table that the processor keeps for itself.</summary>
    public const ulong BookkeepingBytes = 16 * 1024;

    private const ulong EntryBytes = 16;
    private const int AddressBits = 52;
    private readonly PfnRange[] _covered;
    private readonly PfnRange[] _own;

    private RmpCoverage(PfnRange[] covered, PfnRange[] own)
    {
        _covered = covered;
        _own = own;
        FlatEnd = covered.Length == 1 && covered[0].Start.Value == 0 ? covered[0].End.Value : 0;
    }

    /// <summary>The covered runs, in order.</summary>
    public IReadOnlyList<PfnRange> Covered => _covered;

    /// <summary>The table's own pages, in order.</summary>
    public IReadOnlyList<PfnRange> OwnPages => _own;

    // Where one run from frame 0 is all: its end; otherwise 0.
    internal ulong FlatEnd { get; }

    /// <summary>A flat table: RMP_BASE and RMP_END.</summary>
    /// <param name="start">RMP_BASE; a multiple of 8 KiB.</param>
    /// <param name="last">RMP_END, the last byte.</param>
    /// <exception cref="ArgumentException">The bounds are not aligned, hold no entry, or are wider than 52 bits.</exception>
    public static RmpCoverage Flat(Spa start, Spa last)
    {
        if (last.Value >> AddressBits != 0)
        {
            throw new ArgumentException($"A table that ends at {last} lies beyond the {AddressBits} bits of an address.", nameof(last));
        }

        if ((start.Value & 0x1fff) != 0 || (unchecked(last.Value + 1) & 0x1fff) != 0)
        {
            throw new ArgumentException($"A table from {start} to {last} does not begin and end at a multiple of 8 KiB.", nameof(start));
        }

        if (last.Value <= start.Value || last.Value - start.Value < BookkeepingBytes)
        {
            throw new ArgumentException($"A table from {start} to {last} has no room for an entry after its first 16 KiB.", nameof(last));
        }

        var entries = (last.Value + 1 - start.Value - BookkeepingBytes) / EntryBytes;
        return new([new(default, entries)], [PfnRange.FromBounds(start.Frame, new((last.Value + 1) >> 12))]);
    }

    /// <summary>The flat table that covers a machine and lies at its end, as platform software places it.</summary>
    /// <param name="frames">All frames of the machine.</param>
    /// <exception cref="ArgumentException">The machine is smaller than a table for it (fewer than 512 frames), or its addresses are wider than 52 bits.</exception>
    public static RmpCoverage AtEndOf(PfnRange frames)
    {
        const ulong grain = 1024 * 1024;
        if (frames.End.Value > 1UL << (AddressBits - 12))
        {
            throw new ArgumentException($"A machine that ends at {frames.End} goes beyond the {AddressBits} bits of an address.", nameof(frames));
        }

        var bytes = (frames.End.Value * EntryBytes + BookkeepingBytes + grain - 1) / grain * grain;
        var end = frames.End.Value * 4096 / grain * grain;
        return bytes < end
            ? new([PfnRange.FromBounds(default, frames.End)], [PfnRange.FromBounds(new((end - bytes) >> 12), new(end >> 12))])
            : throw new ArgumentException($"A machine of {frames.End.Value} frames has no room for its table of {bytes} bytes.", nameof(frames));
    }

    /// <summary>A segmented table: each segment covers the first part of its stretch of addresses.</summary>
    /// <param name="segmentBits">Size of a segment as a power of two of bytes, 30 to 40.</param>
    /// <param name="coveredGigabytes">By segment, how many GiB from its start have entries; 0 for a segment that is absent.</param>
    /// <param name="ownPages">The segments' own pages, in order.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static RmpCoverage Segmented(int segmentBits, ReadOnlySpan<int> coveredGigabytes, params PfnRange[] ownPages)
    {
        ArgumentNullException.ThrowIfNull(ownPages);
        if (segmentBits is < 30 or > 40 || coveredGigabytes.Length > 512)
        {
            throw new ArgumentException($"Segments of 2^{segmentBits} bytes, {coveredGigabytes.Length} of them: sizes go from 2^30 to 2^40, and there are at most 512.", nameof(segmentBits));
        }

        var runs = new List<PfnRange>();
        for (var segment = 0; segment < coveredGigabytes.Length; segment++)
        {
            var gigabytes = coveredGigabytes[segment];
            if (gigabytes < 0 || gigabytes > 1 << (segmentBits - 30))
            {
                throw new ArgumentException($"Segment {segment} covers {gigabytes} GiB; it can cover 0 to {1 << (segmentBits - 30)}.", nameof(coveredGigabytes));
            }

            if (gigabytes > 0)
            {
                runs.Add(new(new((ulong)segment << (segmentBits - 12)), (ulong)gigabytes << 18));
            }
        }

        return new([.. Joined(runs)], [.. ownPages]);
    }

    /// <summary>Whether a frame has an entry.</summary>
    /// <param name="frame">The frame.</param>
    public bool Covers(Pfn frame) => FlatEnd != 0 ? frame.Value < FlatEnd : Contains(_covered, frame);

    /// <summary>Whether a frame is the table's own.</summary>
    /// <param name="frame">The frame.</param>
    public bool IsOwnPage(Pfn frame) => Contains(_own, frame);

    private static bool Contains(PfnRange[] runs, Pfn frame)
    {
        foreach (var run in runs)
        {
            if (run.Contains(frame))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<PfnRange> Joined(List<PfnRange> runs)
    {
        for (var at = 0; at < runs.Count;)
        {
            var run = runs[at++];
            for (; at < runs.Count && runs[at].Start == run.End; at++)
            {
                run = PfnRange.FromBounds(run.Start, runs[at].End);
            }

            yield return run;
        }
    }
}
