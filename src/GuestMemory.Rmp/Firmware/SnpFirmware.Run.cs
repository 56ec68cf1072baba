namespace GuestMemory.Rmp;

/// <content>How a command runs: decide, commit, tell.</content>
public sealed partial class SnpFirmware
{
    private FirmwareResult Run<TOperands>(
        SevCommand command, RuleTable<FirmwareCall<TOperands>, SevStatus> checks, FirmwareCommit<TOperands> commit, in TOperands operands)
        where TOperands : struct, IFirmwareOperands => Ended(command, operands.Frames, Decide(checks, commit, operands));

    private Check<FirmwareCall<TOperands>, SevStatus>? Decide<TOperands>(
        RuleTable<FirmwareCall<TOperands>, SevStatus> checks, FirmwareCommit<TOperands> commit, in TOperands operands)
        where TOperands : struct, IFirmwareOperands
    {
        var call = new FirmwareCall<TOperands>(_platform, operands);
        var refusal = checks.Decide(ref call, _platform.Rules);
        if (refusal is null)
        {
            commit(call);
        }

        return refusal;
    }

    private FirmwareResult Ended<TOperands>(SevCommand command, PfnRange frames, Check<FirmwareCall<TOperands>, SevStatus>? refusal)
        where TOperands : struct, IFirmwareOperands
    {
        var result = refusal is null ? default : new FirmwareResult(refusal.Answer, refusal);
        _platform.Emit(new(SnpOperationKind.Firmware, frames, result.ToOutcome(), (ulong)command));
        return result;
    }
}
