namespace GuestMemory.Tdx;

/// <content>What guests call.</content>
public sealed partial class TdxModule
{
    /// <summary>A call of a guest (TDCALL).</summary>
    /// <param name="function">The leaf: <see cref="TdxFunction.GuestPageAccept"/> and its like.</param>
    /// <param name="tdvpr">The root page of the vCPU that calls.</param>
    /// <param name="registers">The operands.</param>
    /// <returns>A status, or what else it ended in. An exit is told; the vCPU is outside by <see cref="Exit"/> alone, as in the recordings.</returns>
    /// <exception cref="OutsideModelException">The model has no such function (MB-61).</exception>
    public GuestResult Tdcall(TdxFunction function, Pfn tdvpr, in TdxRegisters registers)
    {
        var known = GuestFunctionTable.Find(function) ?? throw new OutsideModelException("MB-61", $"TDCALL leaf {(int)function & 0xffff}");
        var result = Running(tdvpr) is { } vcpu ? Call(new(State, known, vcpu, registers)) : new(GuestEvent.NotRunning);
        var answer = new TdxResult(result.Status, result.DecidedBy, result.Rcx, result.Rdx);
        Observer?.OnOperation(this, new(TdxOperationKind.GuestCall, function, tdvpr, registers, answer) { Guest = result });
        return result;
    }

    private GuestResult Call(GuestCall call)
    {
        var refusal = call.Function.Checks.Decide(ref call, State.Rules);
        if (refusal is not null)
        {
            return call.Refuse(refusal);
        }

        call.Function.Commit(ref call);
        return call.Result;
    }

    // A TD whose memory broke runs nowhere any more.
    private TdVcpu? Running(Pfn tdvpr) => State.FindVcpu(tdvpr) is { IsInside: true, Td.IsFatal: false } vcpu ? vcpu : null;
}
