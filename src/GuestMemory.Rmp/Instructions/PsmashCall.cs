namespace GuestMemory.Rmp;

/// <summary>Everything PSMASH's checks read.</summary>
public readonly ref struct PsmashCall
{
    private readonly EntryHolds _holds;

    internal PsmashCall(ReverseMapTable table, EntryHolds holds, SnpSwitches switches, in CpuState cpu, bool isOn, Spa address)
    {
        _holds = holds;
        Switches = switches;
        Cpu = cpu;
        IsOn = isOn;
        Head = address.Frame.AlignDown(PageSize.Size2M);
        IsCovered = table.Coverage.Covers(Head) && table.Coverage.Covers(Head + 511);
        ref readonly var block = ref table.BlockOf(Head.Value);
        Entry = block.Raw(0);
        IsLarge = block.Form == RmpBlockForm.Large;
    }

    /// <summary>The block's first frame: the operand's low 21 bits are dropped.</summary>
    public Pfn Head { get; }

    /// <summary>The processor.</summary>
    public CpuState Cpu { get; }

    /// <summary>Whether SEV-SNP is on.</summary>
    public bool IsOn { get; }

    /// <summary>The open points.</summary>
    public SnpSwitches Switches { get; }

    /// <summary>Whether the page has an entry.</summary>
    public bool IsCovered { get; }

    /// <summary>The head's entry.</summary>
    public RmpEntry Entry { get; }

    /// <summary>Whether it is a live 2M page.</summary>
    public bool IsLarge { get; }

    /// <summary>Whether another processor changes the entry or uses the page.</summary>
    public bool IsHeld => !_holds.IsEmpty && (_holds.AnyChanging(new(Head, 1)) || _holds.AnyInUse(new(Head, 512)));
}
