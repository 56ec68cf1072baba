namespace GuestMemory.Tdx;

/// <summary>A machine's ownership table whose private pages the PAMT answers for. What is not the module's is the host's plain book.</summary>
/// <remarks>
/// Mapping transfers: AUG and REMOVE change the PAMT in the same step as the translation, so that preparing, reclaiming, splitting and merging
/// only check here. The PAMT knows no guest frames; those are in the host's book. Sources: tdx-module, linux-kvm-tdx.
/// </remarks>
public sealed class PamtOwnershipTable : IOwnershipTable, IFrameBytes
{
    private readonly SoftwareOwnershipTable _plain = new();

    /// <summary>Creates the table, and the host that lives with it.</summary>
    /// <param name="machine">The machine; its memory becomes the module's.</param>
    /// <param name="options">How the host is built; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public PamtOwnershipTable(Machine machine, TdxHostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        Host = new(machine, (options ?? TdxHostOptions.Default).Validated());
    }

    /// <summary>The host.</summary>
    public TdxHost Host { get; }

    private Pamt Pamt => Host.Module.Pamt;

    /// <inheritdoc/>
    public OwnershipEntry LookUp(Pfn frame)
    {
        var entry = Pamt.LookUp(frame, out var size);
        var plain = _plain.LookUp(frame);
        var largest = Host.Options.Hypothetical.MapsLargePages ? PageSize.Size2M : PageSize.Size4K;
        if (entry.Type == PageType.Reg)
        {
            // A TD whose VM is gone and whose pages would not come back is nobody's any more.
            var guest = Host.GuestOf(entry.Owner);
            return new(guest == GuestId.None ? new(OwnerKind.Firmware, guest) : FrameOwner.Of(guest), plain.Gfn, 0, GuestId.None, size, largest);
        }

        if (entry.IsUsed || entry.Type == PageType.Rsvd)
        {
            return new(new(OwnerKind.Firmware, GuestId.None), default, 0, GuestId.None, PageSize.Size4K, PageSize.Size4K);
        }

        // Promised to a TD and not given yet.
        return plain.Owner.Kind == OwnerKind.Guest && Host.Find(plain.Owner.Guest) is not null
            ? plain with { Owner = new(OwnerKind.Transit, plain.Owner.Guest), LargestMapping = largest }
            : plain;
    }

    /// <inheritdoc/>
    /// <remarks>A private run is promised to the TD; the module gives it when it is mapped.</remarks>
    public Outcome Prepare(in OwnershipRequest request)
    {
        if (request.Kind == PageKind.Private && Host.Find(request.Guest) is { } td && FindTaken(request.Frames, td.Tdr) is { } taken)
        {
            return TdxHostRules.Taken.Refuse(taken.Value);
        }

        return _plain.Prepare(request);
    }

    /// <inheritdoc/>
    /// <remarks>A page still in a TD does not come back: its frame is leaked.</remarks>
    public Outcome Reclaim(PfnRange frames)
    {
        if (FindUsed(frames) is { } used && !IsOff(TdxHostRules.StillOwned))
        {
            return TdxHostRules.StillOwned.Refuse(used.Value);
        }

        return Host.FindUnwritten(frames) is { } unwritten && !IsOff(TdxHostRules.Unwritten)
            ? TdxHostRules.Unwritten.Refuse(unwritten.Value)
            : _plain.Reclaim(frames);
    }

    /// <inheritdoc/>
    public Outcome Split(PhysicalPage page) => Outcome.Success;

    /// <inheritdoc/>
    public Outcome Merge(PhysicalPage page) => Outcome.Success;

    /// <inheritdoc/>
    /// <remarks>Nothing stops the host from touching a TD's memory: it reads zeroes and breaks what it writes (<see cref="TdxMemory"/>).</remarks>
    public Outcome Check(in FrameAccess access)
    {
        if (access.Accessor.Kind == OwnerKind.Guest && access.Encrypted && Host.TdOf(access.Accessor.Guest) is { Sept: not null } td)
        {
            return CheckPrivate(td, access);
        }

        if (access.Kind != AccessKind.Write && PageUse.BreaksHost(Host.Module.State, access.Frame) && !IsOff(TdxAccessRules.HostIntegrity))
        {
            return Fault(TdxAccessFault.MachineCheck, access, TdxAccessRules.HostIntegrity);
        }

        return Pamt.LookUp(access.Frame, out _).IsUsed ? Outcome.Success : _plain.Check(access);
    }

    /// <inheritdoc/>
    /// <remarks>Under the TD's key where a TD asks for its own memory, otherwise as the host: zeroes where a TD wrote.</remarks>
    public ulong Read(in FrameAccess access, Spa at, int length, ContentKey key) =>
        Host.Module.Memory.Read(at, length, KeyOf(access));

    /// <inheritdoc/>
    /// <remarks>A write of the host's to a TD's line breaks it, or takes it from the TD (<see cref="MemorySwitches"/>).</remarks>
    public void Write(in FrameAccess access, Spa at, int length, ulong value, ContentKey key) =>
        Host.Module.Memory.Write(at, length, value, KeyOf(access));

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        _plain.WriteState(ref writer);
        Host.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _plain.ReadState(ref reader);
        Host.ReadState(ref reader);
    }

    // A translation the Secure EPT no longer has is a cached one: the processor asks nobody, the memory's lines have the last word.
    private Outcome CheckPrivate(Td td, in FrameAccess access)
    {
        var place = td.Sept!.Walk(access.Gfn, SeptLevel.Pt);
        var state = place.Entry.State;
        var isCurrent = place.Entry.IsLeaf && place.Entry.Page(place.Level) + (access.Gfn.Value & (place.Level.FrameCount() - 1)) == access.Frame;
        if (isCurrent && state.IsPending() && !IsOff(TdxAccessRules.Pending))
        {
            return Fault(TdxAccessFault.Pending, access, TdxAccessRules.Pending);
        }

        if (isCurrent && state.IsWriteBlocked() && access.Kind == AccessKind.Write && !IsOff(TdxAccessRules.WriteBlocked))
        {
            return Fault(TdxAccessFault.WriteBlocked, access, TdxAccessRules.WriteBlocked);
        }

        return Host.Module.Memory.IsBroken(new PfnRange(access.Frame, 1), Host.Module.Keys.KeyOf(td.Hkid)) && !IsOff(TdxAccessRules.Integrity)
            ? Fault(TdxAccessFault.MachineCheck, access, TdxAccessRules.Integrity)
            : Outcome.Success;
    }

    private ContentKey KeyOf(in FrameAccess access) => access is { Accessor.Kind: OwnerKind.Guest, Encrypted: true } && Host.TdOf(access.Accessor.Guest) is { } td
        ? Host.Module.Keys.KeyOf(td.Hkid)
        : ContentKey.None;

    private bool IsOff(Rule rule) => Host.Module.State.Rules.IsOff(rule);

    private static Outcome Fault(TdxAccessFault fault, in FrameAccess access, Rule rule) => new(Lane.Fault, (ulong)fault, access.Gfn.Value, rule);

    private Pfn? FindTaken(PfnRange frames, Pfn tdr) =>
        Find(frames, tdr, static (entry, tdr) => entry.Type != PageType.Nda && (entry.Type != PageType.Reg || entry.Owner != tdr));

    private Pfn? FindUsed(PfnRange frames) => Find(frames, default, static (entry, _) => entry.IsUsed);

    private Pfn? Find(PfnRange frames, Pfn tdr, Func<PamtEntry, Pfn, bool> isMet)
    {
        var alike = 0UL;
        for (var frame = frames.Start; frame < frames.End; frame += alike)
        {
            if (isMet(Pamt.LookUpAlike(frame, out alike), tdr))
            {
                return frame;
            }
        }

        return null;
    }
}
