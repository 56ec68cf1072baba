namespace GuestMemory.Tdx;

/// <summary>One access of a guest: what it touches, and where that leads.</summary>
public ref struct GuestAccess
{
    private const ulong ReadBit = 1;
    private const ulong WriteBit = 2;
    private const int RightsShift = 3;

    // Where a walk of the Secure EPT ended, and the rights found there or remembered.
    private SeptPlace _place;

    internal GuestAccess(ModuleState state, TdVcpu vcpu, Gpa gpa, int length, bool isWrite) =>
        (State, Vcpu, Gpa, Length, IsWrite) = (state, vcpu, gpa, length, isWrite);

    /// <summary>The module's state, as it is.</summary>
    public ModuleState State { get; }

    /// <summary>The vCPU.</summary>
    public TdVcpu Vcpu { get; }

    /// <summary>The guest address, SHARED bit included.</summary>
    public Gpa Gpa { get; }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>Whether it writes.</summary>
    public bool IsWrite { get; }

    /// <summary>Whether it went by a remembered translation.</summary>
    public bool IsCached { get; private set; }

    /// <summary>The entry the walk ended at; meaningless for remembered translations.</summary>
    public SeptEntry Entry { get; private set; }

    /// <summary>Whether the address leads to a frame.</summary>
    public bool HasFrame { get; internal set; }

    /// <summary>The frame.</summary>
    public Pfn Frame { get; internal set; }

    /// <summary>What the guest may do there.</summary>
    public ulong Rights { get; private set; }

    /// <summary>Whether the host's tables keep a miss from the guest.</summary>
    public bool SuppressesVe { get; internal set; }

    /// <summary>The TD.</summary>
    public readonly Td Td => Vcpu.Td;

    /// <summary>Where the bytes lie.</summary>
    internal readonly Spa At => Frame.Address + Gpa.Offset;

    /// <summary>The right the access needs; also what exit qualifications call it.</summary>
    internal readonly ulong Needed => IsWrite ? WriteBit : ReadBit;

    /// <summary>Finds the private page: by a translation remembered with the right, or by a walk.</summary>
    internal void ResolvePrivate()
    {
        if (State.CachesTranslations && Vcpu.Translations.TryFind(Gpa.Frame, out var page) && (page.Rights & Needed) != 0)
        {
            (IsCached, HasFrame, Rights) = (true, true, page.Rights);
            Frame = page.Frame + (Gpa.Frame.Value - page.Gfn.Value);
            return;
        }

        if (Td.Sept is { } tree)
        {
            _place = tree.Walk(Gpa.Frame, SeptLevel.Pt);
            Entry = _place.Entry;
            (HasFrame, Rights) = (Entry.IsLeaf, Entry.Rights);
            Frame = HasFrame ? Entry.Page(_place.Level) + (Gpa.Frame.Value & (_place.Level.FrameCount() - 1)) : default;
        }
    }

    /// <summary>Remembers what the walk found.</summary>
    internal readonly void Remember()
    {
        if (State.CachesTranslations && !IsCached && _place.Exists)
        {
            var first = Gpa.Frame.Value & ~(_place.Level.FrameCount() - 1);
            Vcpu.Translations.Add(new(new(first), _place.Level.PageSize(), Entry.Page(_place.Level), Rights));
        }
    }

    /// <summary>What the guest gets when a check refused.</summary>
    internal readonly GuestResult Refuse(Check<GuestAccess, GuestAnswer> refusal)
    {
        var answer = refusal.Answer;
        if (answer.Event is not (GuestEvent.TdExit or GuestEvent.VirtualizationException))
        {
            return new(answer.Event, DecidedBy: refusal);
        }

        var rights = State.Platform.Switches.ExitTellsRights ? Rights << RightsShift : 0;
        return new(
            answer.Event,
            ExitGpa: answer.Event == GuestEvent.TdExit ? Gpa.Value - Gpa.Offset : Gpa.Value,
            ExitQualification: Needed | rights,
            ExtendedExitQualification: (ulong)answer.Exit,
            DecidedBy: refusal);
    }
}
