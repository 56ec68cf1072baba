namespace GuestMemory.Rmp;

/// <summary>RMPQUERY: a level of the guest asks what a lower one may do with a page. Source: apm3, RMPQUERY.</summary>
public static class RmpQuery
{
    private static readonly Check<GuestPageCall, RmpAnswer> s_unknownTarget = new(
        "RMPQUERY/target-unknown", "snp-model, target above the implemented levels", "a mask nobody reads", GuestPageCall.IsTargetUnknown, RmpAnswer.Of(RmpStatus.FailPermission));

    /// <summary>The checks, in order.</summary>
    public static RuleTable<GuestPageCall, RmpAnswer> Checks { get; } = new(
        new("RMPQUERY/mode", "apm3, RMPQUERY", "use outside 64-bit mode, or without SNP", GuestPageCall.IsUndefined, RmpAnswer.UndefinedOpcode),
        new("RMPQUERY/cpl", "apm3, RMPQUERY", "user code asking for rights", GuestPageCall.IsUnprivileged, RmpAnswer.GeneralProtection, CheckClass.Integrity),
        new("RMPQUERY/target", "apm3, RMPQUERY", "a level asking about itself or a higher one", GuestPageCall.IsTargetTooHigh, RmpAnswer.Of(RmpStatus.FailPermission), CheckClass.Integrity),
        s_unknownTarget,
        new("RMPQUERY/guest-walk", "apm3, RMPQUERY", "an address the guest does not map", GuestPageCall.IsGuestUnmapped, RmpAnswer.GuestPageFault, CheckClass.Integrity),
        new("RMPQUERY/c-bit", "apm3, RMPQUERY", "rights of what the guest maps shared", GuestPageCall.IsGuestShared, RmpAnswer.GuestPageFault, CheckClass.Integrity),
        new("RMPQUERY/nested-walk", "apm3, RMPQUERY", "an address the hypervisor does not map", GuestPageCall.IsNestedUnmapped, RmpAnswer.NestedFault, CheckClass.Integrity),
        new("RMPQUERY/covered", "apm3, RMPQUERY", "rights of a page without entry", GuestPageCall.IsUncovered, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Integrity),
        new("RMPQUERY/assigned", "apm3, RMPQUERY", "rights of the hypervisor's page", GuestPageCall.IsUnassigned, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Integrity),
        new("RMPQUERY/gpa", "apm3, RMPQUERY", "rights of a page bound elsewhere", GuestPageCall.IsElsewhere, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Integrity),
        new("RMPQUERY/asid", "apm3, RMPQUERY", "rights of another guest's page", GuestPageCall.IsForeign, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Integrity),
        new("RMPQUERY/nested-size", "apm3, RMPQUERY", "a mapping of another size", GuestPageCall.IsSizeUnlikeNested, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Integrity),
        new("RMPQUERY/validated", "apm3, RMPQUERY", "rights of a page the guest did not accept", GuestPageCall.IsNotValidated, RmpAnswer.NotValidated, CheckClass.Integrity));

    internal static RmpQueryResult Execute(ReverseMapTable table, SnpSwitches switches, RuleSwitches rules, in CpuState cpu, bool isOn, in GuestWalk walk, byte target)
    {
        var call = new GuestPageCall(table, switches, cpu, isOn, walk, isLarge: false, target);
        var refusal = Checks.Decide(ref call, rules);
        if (refusal is not null)
        {
            var answer = ReferenceEquals(refusal, s_unknownTarget) ? RmpAnswer.Of(switches.RmpQueryUnknownVmpl) : refusal.Answer;
            return answer.Fault == RmpFaultKind.None
                ? new(answer.Status, DecidedBy: refusal)
                : new(default, Fault: new(answer.Fault, answer.Bits, call.AddressOf(answer)), DecidedBy: refusal);
        }

        return new(RmpStatus.Success, call.Entry.PermissionsOf(new(target % Vmpl.Count)), call.Entry.Vmsa && cpu.Vmpl.Value == 0, call.Entry.Size);
    }
}
