namespace GuestMemory.Rmp;

/// <summary>The kernel's own mapping of all frames, writable, with entries of 1G, 2M and 4K, and what a policy makes of it while pages change sides.</summary>
/// <remarks>
/// It begins as 1G entries, with smaller ones only where the machine ends or the RMP lies: the table's own pages, and what else is
/// in their 2M blocks, are reserved and not mapped. Cost follows what was split. <see cref="Counters"/> tell what happened to this
/// object and are no state, but for the 4K entries there are. <see cref="DirectMap"/> is
/// the same with presence alone. Not thread-safe. Sources: physmap-split; linux-sev-host.
/// </remarks>
public sealed partial class HostDirectMap : IStateful
{
    private const ulong FramesPerBlock = ReverseMapTable.PagesPerBlock;
    private const ulong FramesPerGigabyte = 1UL << 18;
    private const int BlocksPerGigabyte = 512;
    private readonly SnpPlatform _platform;
    private readonly DirectMapBlock[]?[] _gigabytes;
    private readonly PfnRange[] _reserved;

    /// <summary>Maps a machine as it boots.</summary>
    /// <param name="platform">Its platform.</param>
    /// <param name="frames">All frames of the machine.</param>
    /// <param name="policy">What is done when pages change sides.</param>
    public HostDirectMap(SnpPlatform platform, PfnRange frames, DirectMapPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(policy);
        _platform = platform;
        Policy = policy;
        Frames = PfnRange.FromBounds(default, frames.End);
        _gigabytes = new DirectMapBlock[checked((int)((frames.End.Value + FramesPerGigabyte - 1) / FramesPerGigabyte))][];
        SetPresent(PfnRange.FromBounds(frames.End, new((ulong)_gigabytes.Length * FramesPerGigabyte)), present: false);
        _reserved = [.. platform.Table.Coverage.OwnPages.Select(WholeBlocks)];
        foreach (var blocks in _reserved)
        {
            SetPresent(blocks, present: false);
        }

        // What boot sets up is not counted.
        Counters = default;
        CountSmallEntries();
    }

    /// <summary>What is done when pages change sides.</summary>
    public DirectMapPolicy Policy { get; }

    /// <summary>All frames of the machine.</summary>
    public PfnRange Frames { get; }

    /// <summary>What happened so far.</summary>
    public DirectMapCounters Counters { get; private set; }

    /// <summary>Whether a frame is mapped.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="size">Size of the entry, present or not, that is there for it; 4K beyond the machine's end.</param>
    public bool MappingOf(Pfn frame, out PageSize size)
    {
        size = PageSize.Size4K;
        if (!Frames.Contains(frame))
        {
            return false;
        }

        if (_gigabytes[frame.Value / FramesPerGigabyte] is not { } blocks)
        {
            size = PageSize.Size1G;
            return true;
        }

        ref readonly var block = ref blocks[IndexOf(frame)];
        size = block.IsSmall ? PageSize.Size4K : PageSize.Size2M;
        return block.IsPresent(frame.Value % FramesPerBlock);
    }

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.UInt64(Frames.End.Value);
        foreach (var blocks in _gigabytes)
        {
            writer.Flag(blocks is not null);
            foreach (ref readonly var block in blocks.AsSpan())
            {
                block.WriteState(ref writer);
            }
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        if (reader.UInt64() != Frames.End.Value)
        {
            throw new FormatException($"The state is that of a direct map of another size than {Frames.End.Value} frames.");
        }

        for (var gigabyte = 0; gigabyte < _gigabytes.Length; gigabyte++)
        {
            if (!reader.Flag())
            {
                _gigabytes[gigabyte] = null;
                continue;
            }

            var blocks = _gigabytes[gigabyte] ??= new DirectMapBlock[BlocksPerGigabyte];
            foreach (ref var block in blocks.AsSpan())
            {
                block = DirectMapBlock.Read(ref reader);
            }
        }

        CountSmallEntries();
    }

    // Neither beyond the machine's end nor beside the RMP.
    private bool Has(PfnRange frames)
    {
        foreach (var blocks in _reserved)
        {
            if (blocks.Overlaps(frames))
            {
                return false;
            }
        }

        return Frames.Contains(frames);
    }

    private static int IndexOf(Pfn frame) => (int)(frame.Value / FramesPerBlock % BlocksPerGigabyte);

    private static PfnRange WholeBlocks(PfnRange frames) => frames.IsEmpty
        ? frames
        : PfnRange.FromBounds(frames.Start.AlignDown(PageSize.Size2M), new Pfn(frames.End.Value - 1).AlignDown(PageSize.Size2M) + FramesPerBlock);

    private void CountSmallEntries()
    {
        var entries = 0UL;
        foreach (var blocks in _gigabytes)
        {
            foreach (ref readonly var block in blocks.AsSpan())
            {
                entries += (ulong)block.SmallEntries;
            }
        }

        Counters = Counters with { SmallEntries = entries, PeakSmallEntries = Math.Max(entries, Counters.PeakSmallEntries) };
    }
}
