namespace GuestMemory.Rmp;

/// <summary>Every rule of the instructions, VMRUN's among them.</summary>
public static class InstructionRules
{
    /// <summary>All of them, instruction by instruction, each in the order of its checks.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. RmpUpdate.Checks.Checks, .. Psmash.Checks.Checks, .. RmpRead.Checks.Checks,
        .. Pvalidate.Checks.Checks, Pvalidate.Unchanged, .. RmpAdjust.Checks.Checks, .. RmpQuery.Checks.Checks,
        .. Vmrun.Checks.Checks, Vmrun.SavePage,
    ];
}
