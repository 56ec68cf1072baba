namespace GuestMemory.Rmp;

/// <summary>The Reverse Map Table as a machine's ownership table: what the hypervisor does with it when guests fault and files free.</summary>
/// <remarks>Guests without SNP run beside SNP guests: whose their frames are is the software's own book, and the table guards the rest. Not thread-safe.</remarks>
public sealed class RmpOwnershipTable : IOwnershipTable
{
    private readonly SoftwareOwnershipTable _plain = new();

    /// <summary>Creates the table of a machine; its own pages are taken out of the machine's pool.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="options">How the host is built; <see langword="null"/> for the defaults.</param>
    public RmpOwnershipTable(Machine machine, SnpHostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        Host = new(machine, options ?? SnpHostOptions.Default);
    }

    /// <summary>The host.</summary>
    public SnpHost Host { get; }

    private ReverseMapTable Table => Host.Platform.Table;

    /// <inheritdoc/>
    public OwnershipEntry LookUp(Pfn frame)
    {
        var entry = Table.Resolve(frame);
        if (!entry.Assigned)
        {
            // A large mapping over a 2M with assigned pages would fault at every write.
            var plain = _plain.LookUp(frame);
            return Table.AssignedIn2M(frame) > 0 ? plain with { LargestMapping = PageSize.Size4K } : plain;
        }

        return new(OwnerOf(entry), entry.Gpa.Frame, 0, GuestId.None, entry.Size, entry.Size);
    }

    /// <inheritdoc/>
    public Outcome Prepare(in OwnershipRequest request)
    {
        if (Host.Find(request.Guest) is not { } guest)
        {
            return _plain.Prepare(request);
        }

        // What an SNP guest shares stays the hypervisor's.
        return request.Kind == PageKind.Shared ? Outcome.Success : Assign(request, guest.Asid);
    }

    /// <inheritdoc/>
    public Outcome Reclaim(PfnRange frames)
    {
        if (Host.FindRefusal(frames) is { } refusal)
        {
            return new(Lane.Status, (ulong)RmpStatus.FailPermission, frames.Start.Value, refusal);
        }

        return Host.ShareFreed(frames)
            ? _plain.Reclaim(frames)
            : new(Lane.Status, (ulong)RmpStatus.FailPermission, frames.Start.Value, SnpHostRules.NotReclaimed);
    }

    /// <inheritdoc/>
    public Outcome Split(PhysicalPage page) => Table.IsInLargePage(page.Start) ? Host.Smash(page.Start).ToOutcome() : Outcome.Success;

    /// <inheritdoc/>
    public Outcome Merge(PhysicalPage page) => page.Size == PageSize.Size4K || (page.Size == PageSize.Size2M && Table.IsInLargePage(page.Start))
        ? Outcome.Success
        : new(Lane.Status, (ulong)RmpStatus.FailPermission, page.Start.Value, SnpHostRules.NoMerge);

    /// <inheritdoc/>
    public Outcome Check(in FrameAccess access)
    {
        if (access.Accessor.Kind is not (OwnerKind.Host or OwnerKind.Guest))
        {
            return Outcome.Success;
        }

        var verdict = Host.Platform.Check(Translate(access));
        var isPlain = verdict.IsAllowed && !Table.Resolve(access.Frame).Assigned;
        return isPlain ? _plain.Check(access) : verdict.ToOutcome();
    }

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

    private FrameOwner OwnerOf(in RmpEntry entry)
    {
        var guest = Host.GuestOf(entry.Asid);
        return entry.State switch
        {
            RmpPageState.Firmware or RmpPageState.Context or RmpPageState.Metadata or RmpPageState.IommuBuffer => new(OwnerKind.Firmware, GuestId.None),
            RmpPageState.GuestInvalid or RmpPageState.GuestValid when guest != GuestId.None => FrameOwner.Of(guest),
            _ => new(OwnerKind.Transit, guest),
        };
    }

    private RmpAccess Translate(in FrameAccess access)
    {
        if (access.Accessor.Kind == OwnerKind.Host)
        {
            return RmpAccess.Host(access.Kind, access.Frame, access.MappingSize);
        }

        var guest = Host.Find(access.Accessor.Guest);
        return new(
            guest is null ? RmpAccessor.Guest : RmpAccessor.SnpGuest, access.Kind, access.Frame, access.MappingSize, guest?.Asid ?? default,
            access.Gfn.Address, access.Encrypted, Vmpl: VmplOf(access));
    }

    private static Vmpl VmplOf(in FrameAccess access) => access.Context < Vmpl.Count
        ? new((int)access.Context)
        : throw new ArgumentOutOfRangeException(nameof(access), access.Context, $"The context of an SNP guest's access is its privilege level, 0 to {Vmpl.Count - 1}.");

    // Whole or not at all: a run of several entries is asked about before the first is made.
    private Outcome Assign(in OwnershipRequest request, Asid asid)
    {
        var refused = request.Frames.Count > 1 ? Walk(request, asid, makes: false) : Outcome.Success;
        return refused.IsSuccess ? Walk(request, asid, makes: true) : refused;
    }

    private Outcome Walk(in OwnershipRequest request, Asid asid, bool makes)
    {
        for (var done = 0UL; done < request.Frames.Count;)
        {
            var frame = request.Frames.Start + done;
            var size = SizeAt(request, done);

            // Assigned already: prepared before. Neither owner nor address is compared (linux-kvm-sev, preparation).
            if (!Table.Resolve(frame).Assigned)
            {
                var operands = RmpUpdateOperands.Assign(new(frame, size), asid, (request.Gfn + done).Address);
                var outcome = makes || Host.Platform.IsRefused(operands) ? Host.Update(operands).ToOutcome() : Outcome.Success;
                if (!outcome.IsSuccess)
                {
                    return outcome;
                }
            }

            done += size.FrameCount();
        }

        return Outcome.Success;
    }

    // A 2M entry where all of it is asked for, aligned on both sides, and nothing of it is assigned yet.
    private PageSize SizeAt(in OwnershipRequest request, ulong done)
    {
        var frame = request.Frames.Start + done;
        var isLarge = request.Size != PageSize.Size4K && request.Frames.Count - done >= 512
            && frame.IsAligned(PageSize.Size2M) && (request.Gfn + done).IsAligned(PageSize.Size2M) && Table.AssignedIn2M(frame) == 0;
        return isLarge ? PageSize.Size2M : PageSize.Size4K;
    }
}
