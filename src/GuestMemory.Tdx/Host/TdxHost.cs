namespace GuestMemory.Tdx;

/// <summary>The hypervisor's side of TDX on one machine: the module, the TDs it built, and every call it makes for them.</summary>
/// <remarks>Part of the machine's state, through <see cref="PamtOwnershipTable"/>. Not thread-safe. Sources: linux-kvm-tdx, linux-tdx-host.</remarks>
public sealed partial class TdxHost
{
    private readonly Machine _machine;
    private readonly SortedList<ushort, HostedTd> _tds = [];
    private readonly SortedSet<ulong> _unwritten = [];

    internal TdxHost(Machine machine, TdxHostOptions options)
    {
        _machine = machine;
        Options = options;
        var platform = options.Platform ?? Covering(machine.Frames.AllFrames.Count, options.Version);
        Module = new(platform, machine.Contents, machine.Options.Rules) { Injector = machine.Options.Injector };
        foreach (var tdmr in platform.Tdmrs)
        {
            tdmr.ReservedAreas.ToList().ForEach(Reserve);
        }

        Reserve(platform.SeamRange);
    }

    /// <summary>How the host is built.</summary>
    public TdxHostOptions Options { get; }

    /// <summary>The module.</summary>
    public TdxModule Module { get; }

    /// <summary>The TDs, by VM.</summary>
    public IEnumerable<HostedTd> Tds => _tds.Values;

    /// <summary>Called when a TD's vCPUs are made to leave, before a call that was busy is made again.</summary>
    public Action<GuestId>? VcpusKicked { get; set; }

    /// <summary>What the host keeps of a VM's TD; <see langword="null"/> when it has none.</summary>
    /// <param name="guest">The VM.</param>
    public HostedTd? Find(GuestId guest) => _tds.GetValueOrDefault(guest.Value);

    /// <summary>The VM of a TD.</summary>
    /// <param name="tdr">Its root page.</param>
    /// <returns>The VM; no guest when the host knows none.</returns>
    public GuestId GuestOf(Pfn tdr)
    {
        foreach (var td in _tds.Values)
        {
            if (td.Tdr == tdr)
            {
                return td.Guest;
            }
        }

        return GuestId.None;
    }

    /// <summary>The module's view of a VM's TD; <see langword="null"/> when it has none.</summary>
    /// <param name="guest">The VM.</param>
    public Td? TdOf(GuestId guest) => Find(guest) is { } hosted ? Module.FindTd(hosted.Tdr) : null;

    /// <summary>Whether a frame the module gave back was never rewritten, because its lines could not be written back.</summary>
    /// <param name="frame">The frame; such a one is never given out again.</param>
    public bool IsUnwritten(Pfn frame) => _unwritten.Contains(frame.Value);

    // The lowest of them in a run: freeing asks for every run, and there is hardly ever one.
    internal Pfn? FindUnwritten(PfnRange frames)
    {
        if (_unwritten.Count == 0 || frames.Count == 0)
        {
            return null;
        }

        foreach (var frame in _unwritten.GetViewBetween(frames.Start.Value, frames.End.Value - 1))
        {
            return new(frame);
        }

        return null;
    }

    // A #MC inside a TD is the end of the TD (tdx-module, td_exit.c).
    internal void BreakTd(GuestId guest) => (TdOf(guest) ?? throw new ModelInvariantException("tdx-host", $"{guest} has no TD")).IsFatal = true;

    internal void Add(HostedTd td) => _tds[td.Guest.Value] = td;

    internal void Remove(HostedTd td) => _tds.Remove(td.Guest.Value);

    internal void WriteState(ref StateWriter writer)
    {
        Module.WriteState(ref writer);
        writer.Int32(_tds.Count);
        foreach (var td in _tds.Values)
        {
            td.WriteState(ref writer);
        }

        writer.Int32(_unwritten.Count);
        foreach (var frame in _unwritten)
        {
            writer.UInt64(frame);
        }
    }

    internal void ReadState(ref StateReader reader)
    {
        Module.ReadState(ref reader);
        _tds.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            Add(HostedTd.Read(ref reader));
        }

        _unwritten.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            _unwritten.Add(reader.UInt64());
        }
    }

    internal void Emit(Pfn frame, ulong function, Outcome outcome)
    {
        if (_machine.Observer is not null)
        {
            _machine.Observer.OnStep(_machine, new(StepKind.OwnershipStep, GuestId.None, frame.Value, 1, function, outcome));
        }
    }

    // The PAMT takes 16 bytes a page of each size (tdx-module, PAMT); Linux puts it at the end of the memory it describes.
    private static TdxPlatform Covering(ulong frames, TdxModuleVersion version)
    {
        var gibibyte = PageSize.Size1G.FrameCount();
        var size = (frames + gibibyte - 1) / gibibyte * gibibyte;
        var pamt = Math.Min((frames + 255) / 256 + (size / gibibyte * 3), frames / 2);
        var reserved = PfnRange.FromBounds(new(frames - pamt), new(size));
        return new TdxPlatform(new Tdmr(default, size * PageSize.Size4K.Bytes()) { ReservedAreas = [reserved] }) { Version = version };
    }

    // What no page may come from is nobody's: the PAMT's own memory, and the module's.
    private void Reserve(PfnRange area)
    {
        var mine = area.Intersect(_machine.Frames.AllFrames);
        while (_machine.Frames.TryFindFree(mine, new(0, mine.Count, FramePurpose.Firmware), out var free))
        {
            _machine.Frames.Reserve(free, FramePurpose.Firmware);
        }
    }
}
