namespace GuestMemory.Rmp;

/// <summary>The firmware's rules, for catalogues.</summary>
public static class FirmwareRules
{
    /// <summary>Every command's checks, command by command, in order.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. InitEx.Checks.Checks,
        .. RmpCreate.Checks.Checks,
        .. GctxCreate.Checks.Checks,
        .. LaunchStart.Checks.Checks,
        .. Activate.Checks.Checks,
        .. LaunchUpdate.Checks.Checks,
        .. LaunchFinish.Checks.Checks,
        .. GuestRequest.Checks.Checks,
        .. PageReclaim.Checks.Checks,
        .. PageSetState.Checks.Checks,
        .. PageSetState.RangeChecks.Checks,
        .. MetadataInit.Checks.Checks,
        .. PageMove.Checks.Checks,
        .. SwapOut.Checks.Checks,
        .. SwapIn.Checks.Checks,
        .. PageUnsmash.Checks.Checks,
        .. Decommission.Checks.Checks,
        .. DfFlush.Checks.Checks,
        .. ShutdownEx.Checks.Checks,
        .. ShutdownEx.LateChecks.Checks,
        .. DebugDecrypt.Checks.Checks,
        .. DebugEncrypt.Checks.Checks,
        .. LegacyTarget.Checks.Checks,
    ];

    /// <summary>The firmware's hardware works; where an injector says that it does not, a command does nothing.</summary>
    public static Rule Hardware { get; } = new("SNP_FIRMWARE/hardware", "sev-api, status codes", "going on after a command that was not done");

    /// <summary>What refused commands leave behind.</summary>
    public static IReadOnlyList<PartialEffect> PartialEffects { get; } = [LaunchUpdate.CorrectedCpuid, ShutdownEx.LostIommuBuffers];
}
