namespace GuestMemory.Tdx.Tests.Memory;

/// <summary>One call of each memory function that goes through, on a world made for it.</summary>
internal sealed class GoodCall
{
    private const ulong A4K = 0x2000;
    private const ulong A2M = 0x200001;

    public GoodCall(TdxFunction function, TdxModuleVersion? version = null, RuleSwitches? rules = null)
    {
        Function = function;
        World = new(function == TdxFunction.MemPageAdd ? TdxOpState.Initialized : TdxOpState.Runnable, version, rules);
        Registers = RegistersOf(function);
        Prepare();
    }

    public TdxFunction Function { get; }

    public MemoryWorld World { get; }

    /// <summary>Where the entry is that the function works on.</summary>
    public ulong Target => Function is TdxFunction.MemRd or TdxFunction.MemWr ? A4K : Registers.Rcx;

    public TdxRegisters Registers { get; set; }

    public int Version { get; set; }

    public bool NamesTdInRcx => Function == TdxFunction.MemTrack;

    public ulong TdOperand
    {
        get => NamesTdInRcx ? Registers.Rcx : Registers.Rdx;
        set => Registers = NamesTdInRcx ? Registers with { Rcx = value } : Registers with { Rdx = value };
    }

    public TdxResult Make() => World.Module.Seamcall(Function, Registers, Version);

    private static TdxRegisters RegistersOf(TdxFunction function)
    {
        const ulong None = ulong.MaxValue;
        return function switch
        {
            TdxFunction.MemPageAdd => new(0x3000, MemoryWorld.Tdr, MemoryWorld.Q, 0x100_0000),
            TdxFunction.MemPageAug => new(0x3000, MemoryWorld.Tdr, MemoryWorld.Q),
            TdxFunction.MemSeptAdd => new(0x400001, MemoryWorld.Tdr, MemoryWorld.T, None, None, None),
            TdxFunction.MemPageRelocate => new(A4K, MemoryWorld.Tdr, MemoryWorld.Q),
            TdxFunction.MemTrack => new(MemoryWorld.Tdr),
            TdxFunction.MemPageDemote => new(A2M, MemoryWorld.Tdr, MemoryWorld.T),
            TdxFunction.MemPagePromote or TdxFunction.MemSeptRemove => new(A2M, MemoryWorld.Tdr),
            TdxFunction.MemRd or TdxFunction.MemWr => new(A4K + 8, MemoryWorld.Tdr, 0x55),
            _ => new(A4K, MemoryWorld.Tdr),
        };
    }

    private void Prepare()
    {
        World.Aug(A4K, MemoryWorld.P);
        World.Accept(A4K);
        World.Td.IsDebug = Function is TdxFunction.MemRd or TdxFunction.MemWr;
        if (Function is TdxFunction.MemPageDemote or TdxFunction.MemPagePromote)
        {
            World.Aug(A2M, MemoryWorld.H);
            World.BlockAndTrack(A2M);
        }

        if (Function == TdxFunction.MemPagePromote)
        {
            World.Demote(A2M);
            World.BlockAndTrack(A2M);
        }

        if (Function == TdxFunction.MemSeptRemove)
        {
            World.SeptAdd(A2M);
            World.BlockAndTrack(A2M);
        }

        if (Function is TdxFunction.MemPageRelocate or TdxFunction.MemPageRemove or TdxFunction.MemRangeUnblock)
        {
            World.BlockAndTrack(A4K);
        }
    }
}
