namespace GuestMemory.Rmp;

/// <summary>The hypervisor's side of SEV-SNP on one machine: its guests, its pages for the firmware, and every RMPUPDATE it makes.</summary>
/// <remarks>Part of the machine's state, through <see cref="RmpOwnershipTable"/>. Not thread-safe. Sources: linux-sev-host, linux-kvm-sev, linux-ccp.</remarks>
public sealed partial class SnpHost
{
    private readonly Machine _machine;
    private readonly SortedList<ushort, HostedSnpGuest> _guests = [];
    private readonly RangeSet _leaked = new();
    private readonly RangeSet _lostAsids = new();

    internal SnpHost(Machine machine, SnpHostOptions options)
    {
        _machine = machine;
        Options = options.Validated();
        var coverage = Options.Coverage ?? RmpCoverage.AtEndOf(machine.Frames.AllFrames);
        Platform = new(coverage, machine.Contents, Options.Switches, machine.Options.Rules)
        {
            TranslationsInvalidated = DropCached,
            Injector = machine.Options.Injector,
        };
        DirectMap = new(Platform, machine.Frames.AllFrames, Options.DirectMapPolicy);
        foreach (var run in coverage.OwnPages)
        {
            machine.Frames.Reserve(run, FramePurpose.Firmware);
        }
    }

    /// <summary>How the host is built.</summary>
    public SnpHostOptions Options { get; }

    /// <summary>The platform.</summary>
    public SnpPlatform Platform { get; }

    /// <summary>The kernel's direct map, as the host's policy keeps it.</summary>
    public HostDirectMap DirectMap { get; }

    /// <summary>The SNP guests, by number.</summary>
    public IEnumerable<HostedSnpGuest> Guests => _guests.Values;

    /// <summary>Frames on the host's leak list: never given out again.</summary>
    public ReadOnlySpan<RangeEntry<Present>> Leaked => _leaked.Runs;

    /// <summary>How often the host warned and went on because a page could not be taken back.</summary>
    public ulong Warnings { get; private set; }

    /// <summary>RMP faults the host repaired by PSMASH.</summary>
    public ulong RepairedFaults { get; internal set; }

    /// <summary>RMP faults that were over when the host looked.</summary>
    public ulong SpuriousFaults { get; internal set; }

    /// <summary>What the host keeps of a guest; <see langword="null"/> when it is not an SNP guest, or not initialised as one.</summary>
    /// <param name="guest">The guest.</param>
    public HostedSnpGuest? Find(GuestId guest) => _guests.GetValueOrDefault(guest.Value);

    /// <summary>The guest of an ASID.</summary>
    /// <param name="asid">The ASID.</param>
    /// <returns>The guest; no guest when nobody has it.</returns>
    public GuestId GuestOf(Asid asid)
    {
        foreach (var state in _guests.Values)
        {
            if (state.Asid == asid)
            {
                return state.Guest;
            }
        }

        return GuestId.None;
    }

    /// <summary>Whether a frame is on the leak list.</summary>
    /// <param name="frame">The frame.</param>
    public bool IsLeaked(Pfn frame) => _leaked.Contains(frame.Value);

    internal HostedSnpGuest Add(GuestId guest, Asid asid)
    {
        var state = new HostedSnpGuest(guest, asid);
        _guests[guest.Value] = state;
        return state;
    }

    internal void Remove(GuestId guest)
    {
        if (Find(guest) is { } state)
        {
            EndPageStateChange(state);
        }

        _guests.Remove(guest.Value);
    }

    // The buffer's frame stays the guest's until the last answer is in it, whatever the VMM unmaps meanwhile (linux-kvm-sev, mapping of the GHCB).
    internal void BeginPageStateChange(HostedSnpGuest guest, PscRequest request, Spa buffer)
    {
        EndPageStateChange(guest);
        _machine.Frames.Pin(new(buffer.Frame, 1), PinOwner.Gup);
        guest.PageStateChange = request;
        guest.PageStateBuffer = buffer;
    }

    internal void EndPageStateChange(HostedSnpGuest guest)
    {
        if (guest.PageStateChange is not null)
        {
            _machine.Frames.Unpin(new(guest.PageStateBuffer.Frame, 1), PinOwner.Gup);
            guest.PageStateChange = null;
        }
    }

    // The firmware still has it: nobody gets it any more.
    internal void Lose(Asid asid) => _lostAsids.Add(asid.Value, asid.Value + 1UL);

    // The lowest ASID nobody has.
    internal bool TryFindAsid(out Asid asid)
    {
        for (var number = 1; number <= Options.Asids; number++)
        {
            asid = new((uint)number);
            if (GuestOf(asid) == GuestId.None && !_lostAsids.Contains(asid.Value))
            {
                return true;
            }
        }

        asid = default;
        return false;
    }

    internal void WriteState(ref StateWriter writer)
    {
        Platform.WriteState(ref writer);
        DirectMap.WriteState(ref writer);
        writer.Int32(_guests.Count);
        foreach (var state in _guests.Values)
        {
            state.WriteState(ref writer);
        }

        writer.Runs(_leaked);
        writer.Runs(_lostAsids);
        writer.UInt64(Warnings);
        writer.UInt64(RepairedFaults);
        writer.UInt64(SpuriousFaults);
    }

    internal void ReadState(ref StateReader reader)
    {
        Platform.ReadState(ref reader);
        DirectMap.ReadState(ref reader);
        _guests.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var state = HostedSnpGuest.Read(ref reader, _machine.Options.Rules);
            _guests[state.Guest.Value] = state;
        }

        reader.Runs(_leaked);
        reader.Runs(_lostAsids);
        Warnings = reader.UInt64();
        RepairedFaults = reader.UInt64();
        SpuriousFaults = reader.UInt64();
    }

    internal void Emit(PfnRange frames, SnpOperationKind kind, Outcome outcome)
    {
        if (_machine.Observer is not null)
        {
            _machine.Observer.OnStep(_machine, new(StepKind.OwnershipStep, GuestId.None, frames.Start.Value, frames.Count, (ulong)kind, outcome));
        }
    }

    private void DropCached(PfnRange frames)
    {
        var vms = _machine.VirtualMachines;
        for (var index = 0; index < vms.Count; index++)
        {
            if (vms[index].IsLive)
            {
                vms[index].Cache.DropFrames(frames);
            }
        }
    }
}
