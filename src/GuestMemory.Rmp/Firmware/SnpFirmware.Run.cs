namespace GuestMemory.Rmp;

/// <content>How a command runs: decide, commit, tell.</content>
public sealed partial class SnpFirmware
{
    private FirmwareResult Run<TOperands>(
        SevCommand command, RuleTable<FirmwareCall<TOperands>, SevStatus> checks, FirmwareCommit<TOperands> commit, in TOperands operands)
        where TOperands : struct, IFirmwareOperands =>
        Fails(command, operands.Frames, out var failed) ? failed : Ended(command, operands.Frames, Decide(checks, commit, operands));

    // Struck, the command does nothing and says so before it looks at anything.
    private bool Fails(SevCommand command, PfnRange frames, out FirmwareResult result)
    {
        var fails = Injector is not null && Injector.Strikes(InjectionPoint.FirmwareFailure) && !_platform.Rules.IsOff(FirmwareRules.Hardware);
        result = fails ? new(SevStatus.HardwarePlatform, FirmwareRules.Hardware) : default;
        if (fails)
        {
            _platform.Emit(new(SnpOperationKind.Firmware, frames, result.ToOutcome(), (ulong)command));
        }

        return fails;
    }

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
