namespace GuestMemory.Tdx;

/// <summary>One call of the host: its operands, and what the checks found on their way to the answer.</summary>
public ref struct HostCall
{
    // What the checks find; each is there from the check that looks for it.
    internal Td? Td;
    internal TdVcpu? Vcpu;
    internal SeptPlace Place;
    internal SeptEntry Entry;
    internal bool HoldsEntry;
    internal PamtEntry PageMetadata;
    internal PageSize PageSize;
    internal int ChildrenTaken;

    // The late check that stopped the function after its work began.
    internal Check<HostCall, TdxAnswer>? Stopped;
    internal bool IsNewAssociation;

    // What a function that did not refuse answers beside success.
    internal TdxResult Result;

    internal HostCall(ModuleState state, HostFunction function, scoped in TdxRegisters registers, int version, int processor)
    {
        // One by one: as a tuple the registers would be copied twice.
        State = state;
        Function = function;
        Registers = registers;
        Version = version;
        Processor = processor;
    }

    /// <summary>The module's state, as it is.</summary>
    public ModuleState State { get; }

    /// <summary>The function.</summary>
    public HostFunction Function { get; }

    /// <summary>The operands.</summary>
    public TdxRegisters Registers { get; }

    /// <summary>RAX 23:16.</summary>
    public int Version { get; }

    /// <summary>The logical processor that calls.</summary>
    public int Processor { get; }

    /// <summary>RCX as a guest address with a level.</summary>
    public readonly PageInfo PageInfo => new(Registers.Rcx);

    /// <summary>The register that names the TD, without flags.</summary>
    public readonly ulong TdOperand => (Function.TdRegister == TdxOperand.Rcx ? Registers.Rcx : Registers.Rdx) & ~(Function.FlagBits | FlagPadding);

    /// <summary>The register that names the vCPU, without flags.</summary>
    public readonly ulong VcpuOperand => (Function.VcpuRegister == TdxOperand.Rcx ? Registers.Rcx : Registers.Rdx) & ~(Function.FlagBits | FlagPadding);

    /// <summary>The bits of the TD's register that hold no address where it has flags.</summary>
    internal readonly ulong FlagPadding => Function.FlagBits == 0 ? 0 : 0xfff0_0000_0000_0fff;

    /// <summary>Whether tracking is due for an entry: by its state and by the TD's.</summary>
    internal readonly bool RequiresTracking => Td!.OpState.RequiresTracking() && Entry.State.RequiresTracking(State.Platform.Version);

    /// <summary>The frame behind the entry: a leaf's page, or a table's.</summary>
    internal readonly Pfn EntryFrame => Entry.IsLeaf ? Entry.Page(Place.Level) : Entry.Table;

    /// <summary>The size of the PAMT entry that keeps the block epoch.</summary>
    internal readonly PageSize EntrySize => Entry.IsLeaf && Place.Level <= SeptLevel.Pdpt ? Place.Level.PageSize() : GuestMemory.PageSize.Size4K;

    /// <summary>Whether the walk found an entry with a page behind it.</summary>
    internal readonly bool HasEntryPage => Place.Exists && (Entry.IsLeaf || Entry.State.IsTable());

    /// <summary>The key of the TD.</summary>
    internal readonly ContentKey TdKey => State.Keys.KeyOf(Td!.Hkid);
}
