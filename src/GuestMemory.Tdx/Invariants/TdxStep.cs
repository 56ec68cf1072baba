namespace GuestMemory.Tdx;

/// <summary>One operation, with what it changed and the state before it.</summary>
internal sealed class TdxStep
{
    private readonly TouchedPlaces _touched;

    public TdxStep(TdxModule module, in TdxOperation operation, ModuleShadow before, CheckScope scope)
    {
        (Module, Operation, Before) = (module, operation, before);
        _touched = new(module, operation, before, scope);
        SeptChanges = _touched.SeptChanges();
        PamtChanges = _touched.PamtChanges(SeptChanges);
    }

    public TdxModule Module { get; }

    public TdxOperation Operation { get; }

    public ModuleShadow Before { get; }

    public List<SeptChange> SeptChanges { get; }

    public List<PamtChange> PamtChanges { get; }

    public Findings Findings { get; } = new();

    public bool IsCall => Operation.Kind is TdxOperationKind.HostCall or TdxOperationKind.GuestCall;

    public bool IsAccess => Operation.Kind is TdxOperationKind.GuestAccess or TdxOperationKind.HostAccess;

    /// <summary>Whether a tree was compared.</summary>
    public bool HasTree(Pfn tdr) => _touched.HasTd(tdr);

    /// <summary>Whether it was a function that refused.</summary>
    public bool IsRefused => Operation.Kind switch
    {
        TdxOperationKind.HostCall => !Operation.Result.IsSuccess,
        TdxOperationKind.GuestCall => !Operation.Guest.Interrupted && (Operation.Guest.Event != GuestEvent.Status || Operation.Guest.Status.IsError),
        _ => false,
    };

    /// <summary>Whether it was this function.</summary>
    public bool Is(TdxFunction function) => IsCall && Operation.Function == function;

    /// <summary>Whether it was a guest's ACCEPT of one of this TD's own vCPUs.</summary>
    public bool IsAcceptOf(Pfn tdr) => Operation.Kind == TdxOperationKind.GuestCall
        && Operation.Function == TdxFunction.GuestPageAccept && Module.FindVcpu(Operation.Vcpu)?.Td.Tdr == tdr;

    /// <summary>The TD that a call of the host names, by its root page or by its vCPU's, as it was.</summary>
    public TdFacts? Named()
    {
        if (HostFunctionTable.Find(Operation.Function) is not { } function || Operation.Kind != TdxOperationKind.HostCall)
        {
            return null;
        }

        var namesVcpuInRcx = Operation.Function is TdxFunction.VpEnter or TdxFunction.VpInit or TdxFunction.VpFlush;
        var operand = function.TdRegister == TdxOperand.Rcx || namesVcpuInRcx ? Operation.Registers.Rcx : Operation.Registers.Rdx;
        var frame = new Pfn((operand & ((1UL << Module.Platform.HkidShift) - 1)) >> 12);
        return FactsBefore(frame) ?? FactsBefore(Before.Pamt.LookUp(frame, out _) is { Type: PageType.Tdvpr, Owner: var owner } ? owner : frame);
    }

    /// <summary>The TD as it was, when it was there already.</summary>
    public TdFacts? FactsBefore(Pfn tdr) => Before.FindTd(tdr)?.Facts;
}
