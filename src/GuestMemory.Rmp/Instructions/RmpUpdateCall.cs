namespace GuestMemory.Rmp;

/// <summary>Everything RMPUPDATE's checks read.</summary>
public readonly ref struct RmpUpdateCall
{
    private readonly EntryHolds _holds;
    private readonly ref readonly RmpUpdateOperands _operands;
    private readonly ref readonly CpuState _cpu;

    internal RmpUpdateCall(ReverseMapTable table, EntryHolds holds, SnpSwitches switches, in CpuState cpu, bool isOn, in RmpUpdateOperands operands)
    {
        _holds = holds;
        Switches = switches;
        _cpu = ref cpu;
        IsOn = isOn;
        _operands = ref operands;
        IsCovered = table.Coverage.Covers(operands.Frame) && (!operands.IsLarge || table.Coverage.Covers(operands.Frame + 511));
        ref readonly var block = ref table.BlockOf(operands.Frame.Value);
        IsInLargePage = block.Form == RmpBlockForm.Large;
        Entry = block.Raw(operands.Frame.Value % ReverseMapTable.PagesPerBlock);
        IsAnyAssigned = block.Form == RmpBlockForm.Each ? block.Assigned > 0 : block.One.Assigned;
        IsAnyFixed = operands.IsLarge && block.HasFixed;
    }

    /// <summary>The operands.</summary>
    public ref readonly RmpUpdateOperands Operands => ref _operands;

    /// <summary>The processor.</summary>
    public ref readonly CpuState Cpu => ref _cpu;

    /// <summary>Whether SEV-SNP is on.</summary>
    public bool IsOn { get; }

    /// <summary>The open points.</summary>
    public SnpSwitches Switches { get; }

    /// <summary>Whether the page has an entry.</summary>
    public bool IsCovered { get; }

    /// <summary>The page's own entry, as stored.</summary>
    public RmpEntry Entry { get; }

    /// <summary>Whether the page's block is a live 2M page.</summary>
    public bool IsInLargePage { get; }

    /// <summary>Whether a page of the block is assigned.</summary>
    public bool IsAnyAssigned { get; }

    /// <summary>Whether 2M is asked for and a page of the block is HV-Fixed.</summary>
    public bool IsAnyFixed { get; }

    /// <summary>Whether another processor changes the entry, or runs a vCPU on a page of the operand.</summary>
    public bool IsHeld => !_holds.IsEmpty && (_holds.AnyInUse(Operands.Frames) || _holds.AnyChanging(Operands.Frames));

    /// <summary>Whether the page is a head of 4K and another processor changes a page of its block.</summary>
    public bool IsNeighbourChanging => !_holds.IsEmpty && !Operands.IsLarge && !IsInLargePage
        && Operands.Frame.IsAligned(PageSize.Size2M) && _holds.AnyChanging(new(Operands.Frame, 512));
}
