namespace GuestMemory.Rmp;

/// <summary>Everything VMRUN's checks read.</summary>
public readonly ref struct VmrunCall
{
    private readonly ReverseMapTable _table;
    private readonly Pfn? _hsave;

    internal VmrunCall(ReverseMapTable table, SnpSwitches switches, bool isOn, Pfn? hsave, in VmrunOperands operands)
    {
        _table = table;
        _hsave = hsave;
        Switches = switches;
        IsOn = isOn;
        Operands = operands;
        Vmsa = operands.Vmsa is { } vmsa ? table.Resolve(vmsa) : default;
        IsVmsaCovered = operands.Vmsa is { } page && table.Coverage.Covers(page);
    }

    /// <summary>The operands.</summary>
    public VmrunOperands Operands { get; }

    /// <summary>The open points.</summary>
    public SnpSwitches Switches { get; }

    /// <summary>Whether SEV-SNP is on.</summary>
    public bool IsOn { get; }

    /// <summary>The save area's entry, through its head.</summary>
    public RmpEntry Vmsa { get; }

    /// <summary>Whether the save area has an entry.</summary>
    public bool IsVmsaCovered { get; }

    /// <summary>Whether the host's save page is HV-Fixed.</summary>
    public bool IsHsaveFixed => _hsave is { } hsave && _table.StateOf(hsave) == RmpPageState.HvFixed;

    /// <summary>Whether a page is assigned; checked at 4K, whatever its mapping.</summary>
    /// <param name="page">The page; none is not assigned.</param>
    public bool IsAssigned(Pfn? page) => IsOn && page is { } frame && _table.Resolve(frame).Assigned;
}
