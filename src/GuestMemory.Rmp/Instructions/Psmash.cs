namespace GuestMemory.Rmp;

/// <summary>PSMASH: a live 2M page becomes 512 of 4K, everything else kept. Source: apm3, PSMASH.</summary>
public static class Psmash
{
    /// <summary>The checks, in order.</summary>
    public static RuleTable<PsmashCall, RmpAnswer> Checks { get; } = new(
        new("PSMASH/mode", "apm3, PSMASH", "use outside 64-bit mode, or without SNP", IsUndefined, RmpAnswer.UndefinedOpcode),
        new("PSMASH/cpl", "apm3, PSMASH", "user code splitting entries", IsUnprivileged, RmpAnswer.GeneralProtection, CheckClass.Integrity),
        new("PSMASH/guest", "apm3, PSMASH", "a guest splitting entries", IsGuest, RmpAnswer.Of(RmpStatus.FailPermission), CheckClass.Integrity),
        new("PSMASH/covered", "apm3, PSMASH", "writing beyond the table", IsUncovered, RmpAnswer.Of(RmpStatus.FailInput), CheckClass.Integrity),
        new("PSMASH/in-use", "apm3, PSMASH", "two processors changing one entry", IsInUse, RmpAnswer.Of(RmpStatus.FailInUse), CheckClass.Integrity),
        new("PSMASH/immutable", "apm3, PSMASH", "the hypervisor changing what the firmware holds", IsImmutable, RmpAnswer.Of(RmpStatus.FailBadAddress), CheckClass.Security),
        new("PSMASH/not-large", "apm3, PSMASH", "splitting what is no live 2M page", IsNotLarge, RmpAnswer.Of(RmpStatus.FailBadAddress), CheckClass.Integrity),
        new("PSMASH/in-use-last", "apm3, PSMASH", "two processors changing one entry", IsInUseLast, RmpAnswer.Of(RmpStatus.FailInUse), CheckClass.Integrity));

    internal static InstructionResult Execute(ReverseMapTable table, EntryHolds holds, SnpSwitches switches, RuleSwitches rules, in CpuState cpu, bool isOn, Spa address)
    {
        var call = new PsmashCall(table, holds, switches, cpu, isOn, address);
        var refusal = Checks.Decide(ref call, rules);
        if (refusal is not null)
        {
            var answer = refusal.Answer.Status == RmpStatus.FailBadAddress ? RmpAnswer.Of(switches.PsmashRefusal) : refusal.Answer;
            return InstructionResult.Refused(refusal, answer);
        }

        table.Smash(call.Head);
        return default;
    }

    internal static bool IsRefused(ReverseMapTable table, EntryHolds holds, SnpSwitches switches, RuleSwitches rules, in CpuState cpu, bool isOn, Spa address)
    {
        var call = new PsmashCall(table, holds, switches, cpu, isOn, address);
        return Checks.Decide(ref call, rules) is not null;
    }

    private static bool IsUndefined(ref PsmashCall call) => !call.IsOn || !call.Cpu.LongMode;

    private static bool IsUnprivileged(ref PsmashCall call) => call.Cpu.Cpl != 0;

    private static bool IsGuest(ref PsmashCall call) => call.Cpu.Asid.IsGuest;

    private static bool IsUncovered(ref PsmashCall call) => !call.IsCovered;

    private static bool IsInUse(ref PsmashCall call) => call.IsHeld && call.Switches.InUsePlace == InUsePlace.AfterCoverage;

    private static bool IsInUseLast(ref PsmashCall call) => call.IsHeld && call.Switches.InUsePlace == InUsePlace.Last;

    private static bool IsImmutable(ref PsmashCall call) => call.Entry.Immutable;

    private static bool IsNotLarge(ref PsmashCall call) => !call.IsLarge;
}
