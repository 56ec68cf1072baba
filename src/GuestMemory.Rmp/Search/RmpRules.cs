namespace GuestMemory.Rmp;

/// <summary>Every rule of the assembly.</summary>
internal static class RmpRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. InstructionRules.All, .. AccessRules.All, .. FirmwareRules.All, FirmwareRules.Hardware,
        .. PscRules.Header.Checks, .. PscRules.Entry.Checks,
        .. SnpCommandChecks.Any.Checks, .. SnpCommandChecks.Init2.Checks, .. SnpCommandChecks.LaunchStart.Checks, .. SnpCommandChecks.LaunchUpdate.Checks,
        .. SnpCommandChecks.LaunchFinish.Checks, .. SnpCommandRules.All, .. SnpHostRules.All, .. SnpConductRules.All,
        .. LegacyRules.Activate.Checks, .. LegacyRules.Deactivate.Checks, .. LegacyRules.Decommission.Checks, .. LegacyRules.DfFlush.Checks,
        .. LegacyRules.Life.Checks, .. LegacyRules.Pages.Checks,
    ];
}
