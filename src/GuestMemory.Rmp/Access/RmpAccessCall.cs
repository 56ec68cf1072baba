namespace GuestMemory.Rmp;

/// <summary>Everything the access checks read.</summary>
public readonly ref struct RmpAccessCall
{
    private readonly ReverseMapTable _table;
    private readonly EntryHolds _holds;

    internal RmpAccessCall(ReverseMapTable table, EntryHolds holds, SnpSwitches switches, in RmpAccess access)
    {
        _table = table;
        _holds = holds;
        Switches = switches;
        Access = access;
        IsCovered = table.Coverage.Covers(access.Frame);
        Entry = table.Resolve(access.Frame);
    }

    /// <summary>The access.</summary>
    public RmpAccess Access { get; }

    /// <summary>The open points.</summary>
    public SnpSwitches Switches { get; }

    /// <summary>Whether the page has an entry.</summary>
    public bool IsCovered { get; }

    /// <summary>The page's entry, through its head.</summary>
    public RmpEntry Entry { get; }

    /// <summary>Whether the page, or through a large mapping any page of its 2M, is assigned.</summary>
    public bool IsAnyAssigned => Access.IsLargeMapping ? _table.AssignedIn2M(Access.Frame) > 0 : Entry.Assigned;

    /// <summary>Whether another processor is changing the entry.</summary>
    public bool IsChanging => !_holds.IsEmpty && _holds.AnyChanging(new(Access.Frame, 1));

    /// <summary>Whether the page's 2M begins with a page in use.</summary>
    public bool IsHeadInUse => !_holds.IsEmpty && _holds.AnyInUse(new(Access.Frame.AlignDown(PageSize.Size2M), 1));

    /// <summary>The fault an answer makes of this access.</summary>
    internal RmpFault FaultOf(in RmpAnswer answer)
    {
        switch (answer.Fault)
        {
            case RmpFaultKind.PageFault:
                return new(answer.Fault, answer.Bits | HostBits, Access.Frame.Address.Value);
            case RmpFaultKind.IommuEvent:
                return new(answer.Fault, answer.Bits, Access.Frame.Address.Value);
            case RmpFaultKind.VmmCommunication:
                return new(answer.Fault, answer.Bits, Access.Gva);
            default:
                return new(answer.Fault, answer.Bits | AccessBits(answer.Bits), Access.Gpa.Value);
        }
    }

    // R/W tells the access (apm2, 8.4.2): the walk of a read is none that wrote.
    private ulong HostBits => Access.IsWrite ? Switches.HostFaultBits : Switches.HostFaultBits & ~FaultBits.Write;

    private ulong AccessBits(ulong failed)
    {
        var bits = FaultBits.Present | FaultBits.User;
        bits |= Access.IsWrite ? FaultBits.Write : 0;
        bits |= Access.Kind == AccessKind.Execute && Access.Part == RmpAccessPart.Data ? FaultBits.Fetch : 0;
        bits |= Access.Part == RmpAccessPart.Data ? FaultBits.FinalTranslation : FaultBits.PageTableWalk;
        bits |= Access.IsPrivate ? FaultBits.Encrypted : 0;
        var sizesDiffer = Access.MappingSize == PageSize.Size4K && Entry.Size == PageSize.Size2M;
        bits |= Switches.AccessSetsSizem && Access.IsPrivate && sizesDiffer ? FaultBits.SizeMismatch : 0;
        var stack = Switches.SupervisorShadowStacks && (failed & FaultBits.Vmpl) != 0 && (Entry.PermissionsOf(Access.Vmpl) & VmplPermissions.SupervisorShadowStack) != 0;
        return bits | (stack ? FaultBits.SupervisorShadowStack : 0);
    }
}
