namespace GuestMemory.Rmp;

/// <summary>RMPUPDATE: the hypervisor gives a page away or takes it back. Source: apm3, RMPUPDATE.</summary>
public static class RmpUpdate
{
    private const ulong PageMask = ~0xfffUL;

    /// <summary>The checks, in order.</summary>
    public static RuleTable<RmpUpdateCall, RmpAnswer> Checks { get; } = new(
        new("RMPUPDATE/mode", "apm3, RMPUPDATE", "use outside 64-bit mode, or without SNP", IsUndefined, RmpAnswer.UndefinedOpcode),
        new("RMPUPDATE/cpl", "apm3, RMPUPDATE", "user code changing owners", IsUnprivileged, RmpAnswer.GeneralProtection, CheckClass.Integrity),
        new("RMPUPDATE/guest", "apm3, RMPUPDATE", "a guest changing owners", IsGuest, RmpAnswer.Of(RmpStatus.FailPermission), CheckClass.Integrity),
        new("RMPUPDATE/align", "apm3, RMPUPDATE", "a 2M entry that starts mid-block", IsMisaligned, RmpAnswer.Of(RmpStatus.FailInput), CheckClass.Integrity),
        new("RMPUPDATE/gpa-align", "snp-model, RMPUPDATE of 2M", "a 2M entry whose guest address is none of a 2M page", IsGuestAddressMisaligned, RmpAnswer.Of(RmpStatus.FailInput), CheckClass.Integrity),
        new("RMPUPDATE/asid-limit", "snp-model, largest ASID", "an ASID no processor has", IsAsidTooLarge, RmpAnswer.Of(RmpStatus.FailInput)),
        new("RMPUPDATE/unassigned-state", "apm3, RMPUPDATE", "an unassigned page with an owner's fields", IsUnassignedWithState, RmpAnswer.Of(RmpStatus.FailInput)),
        new("RMPUPDATE/covered", "apm3, RMPUPDATE", "writing beyond the table", IsUncovered, RmpAnswer.Of(RmpStatus.FailInput), CheckClass.Integrity),
        new("RMPUPDATE/in-use", "apm2, 15.36.12", "a running vCPU losing its pages", IsInUse, RmpAnswer.Of(RmpStatus.FailInUse), CheckClass.Security),
        new("RMPUPDATE/immutable", "apm3, RMPUPDATE", "the hypervisor changing what the firmware holds", IsImmutable, RmpAnswer.Of(RmpStatus.FailPermission), CheckClass.Security),
        new("RMPUPDATE/inside-large", "apm3, RMPUPDATE", "two entries for one page", IsInsideLarge, RmpAnswer.Of(RmpStatus.FailOverlap), CheckClass.Security),
        new("RMPUPDATE/neighbour-changing", "apm3, RMPUPDATE", "two processors changing one block", IsNeighbourChanging, RmpAnswer.Of(RmpStatus.FailOverlap), CheckClass.Integrity),
        new("RMPUPDATE/over-small", "apm3, RMPUPDATE", "a 2M entry over pages with entries of their own", IsOverSmall, RmpAnswer.Of(RmpStatus.FailOverlap), CheckClass.Security),
        new("RMPUPDATE/over-fixed", "snp-model, RMPUPDATE of 2M", "a 2M entry over pages fixed as the hypervisor's", IsOverFixed, RmpAnswer.Of(RmpStatus.FailPermission), CheckClass.Security),
        new("RMPUPDATE/in-use-last", "apm2, 15.36.12", "a running vCPU losing its pages", IsInUseLast, RmpAnswer.Of(RmpStatus.FailInUse), CheckClass.Security));

    internal static InstructionResult Execute(ReverseMapTable table, EntryHolds holds, SnpSwitches switches, RuleSwitches rules, in CpuState cpu, bool isOn, in RmpUpdateOperands operands)
    {
        var call = new RmpUpdateCall(table, holds, switches, cpu, isOn, operands);
        var refusal = Checks.Decide(ref call, rules);
        if (refusal is not null)
        {
            return InstructionResult.Refused(refusal, refusal.Answer);
        }

        Commit(table, call);
        return default;
    }

    internal static bool IsRefused(ReverseMapTable table, EntryHolds holds, SnpSwitches switches, RuleSwitches rules, in CpuState cpu, bool isOn, in RmpUpdateOperands operands)
    {
        var call = new RmpUpdateCall(table, holds, switches, cpu, isOn, operands);
        return Checks.Decide(ref call, rules) is not null;
    }

    // What the new state keeps of the old one: everything, if the owner's side is the same; otherwise nothing.
    internal static RmpEntry NewEntry(in RmpEntry old, in RmpUpdateOperands operands)
    {
        if (!operands.Assigned)
        {
            return default;
        }

        var asked = RmpEntry.Fresh(operands.Asid, operands.GuestAddress, operands.IsLarge, operands.Immutable);
        return asked.SamePlaceAs(old) ? old with { Immutable = operands.Immutable } : asked;
    }

    private static void Commit(ReverseMapTable table, in RmpUpdateCall call)
    {
        var entry = NewEntry(call.Entry, call.Operands);
        if (call.Operands.IsLarge)
        {
            table.WriteLarge(call.Operands.Frame, entry);
        }
        else
        {
            table.Write(call.Operands.Frame, entry);
        }
    }

    private static bool IsUndefined(ref RmpUpdateCall call) => !call.IsOn || !call.Cpu.LongMode;

    private static bool IsUnprivileged(ref RmpUpdateCall call) => call.Cpu.Cpl != 0;

    private static bool IsGuest(ref RmpUpdateCall call) => call.Cpu.Asid.IsGuest;

    private static bool IsMisaligned(ref RmpUpdateCall call) => call.Operands.IsLarge && !call.Operands.Frame.IsAligned(PageSize.Size2M);

    private static bool IsGuestAddressMisaligned(ref RmpUpdateCall call) =>
        call.Switches.RefusesUnalignedLargeGpa && call.Operands is { IsLarge: true, Assigned: true, Asid.IsGuest: true }
        && (call.Operands.GuestAddress & PageMask & 0x1f_ffff) != 0;

    private static bool IsAsidTooLarge(ref RmpUpdateCall call) => call.Operands.Asid.Value > (call.Switches.LargestAsid ?? uint.MaxValue);

    private static bool IsUnassignedWithState(ref RmpUpdateCall call) =>
        !call.Operands.Assigned && (call.Operands.Immutable || call.Operands.Asid.IsGuest);

    private static bool IsUncovered(ref RmpUpdateCall call) => !call.IsCovered;

    private static bool IsInUse(ref RmpUpdateCall call) => call.IsHeld && call.Switches.InUsePlace == InUsePlace.AfterCoverage;

    private static bool IsInUseLast(ref RmpUpdateCall call) => call.IsHeld && call.Switches.InUsePlace == InUsePlace.Last;

    private static bool IsImmutable(ref RmpUpdateCall call) => call.Entry.Immutable;

    private static bool IsInsideLarge(ref RmpUpdateCall call) => !call.Operands.IsLarge && call.IsInLargePage;

    private static bool IsNeighbourChanging(ref RmpUpdateCall call) => call.IsNeighbourChanging;

    private static bool IsOverSmall(ref RmpUpdateCall call) =>
        call.Operands.IsLarge && (call.IsInLargePage ? !call.Switches.ReplacesLargePages : call.IsAnyAssigned);

    // The manual's list counts assigned pages only; immutable entries change by the firmware alone (apm2, 15.36.5).
    private static bool IsOverFixed(ref RmpUpdateCall call) => call.IsAnyFixed;
}
