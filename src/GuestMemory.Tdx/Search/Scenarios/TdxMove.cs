namespace GuestMemory.Tdx;

/// <summary>One step of a scenario: a call or an access, with everything it needs.</summary>
internal sealed record TdxMove(TdxMoveKind Kind, string Text)
{
    /// <summary>The function, of calls.</summary>
    public TdxFunction Function { get; init; }

    /// <summary>The operands; of accesses RCX is the address.</summary>
    public TdxRegisters Registers { get; init; }

    /// <summary>The processor that calls.</summary>
    public int Processor { get; init; }

    /// <summary>The root page of the vCPU that does it, or leaves.</summary>
    public Pfn Vcpu { get; init; }

    /// <summary>Who does it: 0 for the host, otherwise one more than the vCPU's place among the scenario's.</summary>
    public int Actor { get; init; }

    /// <summary>What the host writes for it.</summary>
    public IReadOnlyList<HostWord> Words { get; init; } = [];

    /// <summary>Whether a guest does it, which has to be running.</summary>
    public bool IsGuests => Kind is TdxMoveKind.GuestCall or TdxMoveKind.GuestRead or TdxMoveKind.GuestWrite or TdxMoveKind.Exit;

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
