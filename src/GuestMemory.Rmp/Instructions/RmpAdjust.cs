namespace GuestMemory.Rmp;

/// <summary>RMPADJUST: a level of the guest changes what a lower one may do with a page. No cached translation is invalidated. Source: apm3, RMPADJUST.</summary>
public static class RmpAdjust
{
    private static readonly Check<GuestPageCall, RmpAnswer> s_unknownTarget = new(
        "RMPADJUST/target-unknown", "snp-model, target above the implemented levels", "a mask nobody reads", GuestPageCall.IsTargetUnknown, RmpAnswer.Of(RmpStatus.FailInput));

    /// <summary>The checks, in order.</summary>
    public static RuleTable<GuestPageCall, RmpAnswer> Checks { get; } = new(
        new("RMPADJUST/mode", "apm3, RMPADJUST", "use outside 64-bit mode, or without SNP", GuestPageCall.IsUndefined, RmpAnswer.UndefinedOpcode),
        new("RMPADJUST/cpl", "apm3, RMPADJUST", "user code changing rights", GuestPageCall.IsUnprivileged, RmpAnswer.GeneralProtection, CheckClass.Integrity),
        new("RMPADJUST/align", "apm3, RMPADJUST", "2M from mid-block", GuestPageCall.IsMisaligned, RmpAnswer.Of(RmpStatus.FailInput)),
        new("RMPADJUST/target", "apm3, RMPADJUST", "a level changing its own rights or a higher one's", GuestPageCall.IsTargetTooHigh, RmpAnswer.Of(RmpStatus.FailPermission), CheckClass.Security),
        s_unknownTarget,
        new("RMPADJUST/guest-walk", "apm3, RMPADJUST", "an address the guest does not map", GuestPageCall.IsGuestUnmapped, RmpAnswer.GuestPageFault, CheckClass.Integrity),
        new("RMPADJUST/c-bit", "apm3, RMPADJUST", "rights of what the guest maps shared", GuestPageCall.IsGuestShared, RmpAnswer.GuestPageFault, CheckClass.Integrity),
        new("RMPADJUST/nested-walk", "apm3, RMPADJUST", "an address the hypervisor does not map", GuestPageCall.IsNestedUnmapped, RmpAnswer.NestedFault, CheckClass.Integrity),
        new("RMPADJUST/covered", "apm3, RMPADJUST", "rights of a page without entry", GuestPageCall.IsUncovered, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Integrity),
        new("RMPADJUST/immutable", "apm3, RMPADJUST", "rights of a page the firmware holds", GuestPageCall.IsImmutable, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Security),
        new("RMPADJUST/assigned", "apm3, RMPADJUST", "rights of the hypervisor's page", GuestPageCall.IsUnassigned, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Integrity),
        new("RMPADJUST/gpa", "apm3, RMPADJUST", "rights of a page bound elsewhere", GuestPageCall.IsElsewhere, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Security),
        new("RMPADJUST/asid", "apm3, RMPADJUST", "rights of another guest's page", GuestPageCall.IsForeign, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Security),
        new("RMPADJUST/nested-size", "apm3, RMPADJUST", "a mapping of another size", GuestPageCall.IsSizeUnlikeNested, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Integrity),
        new("RMPADJUST/smaller", "apm3, RMPADJUST", "rights of a part of a 2M page", GuestPageCall.IsRequestSmaller, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits | FaultBits.SizeMismatch), CheckClass.Integrity),
        new("RMPADJUST/validated", "apm3, RMPADJUST", "rights of a page the guest did not accept", GuestPageCall.IsNotValidated, RmpAnswer.NotValidated, CheckClass.Integrity),
        new("RMPADJUST/larger", "apm3, RMPADJUST", "2M over one 4K entry", GuestPageCall.IsRequestLarger, RmpAnswer.Of(RmpStatus.FailSizeMismatch), CheckClass.Integrity),
        new("RMPADJUST/rights", "apm3, RMPADJUST", "granting what the granter lacks", IsMoreThanOwn, RmpAnswer.Of(RmpStatus.FailPermission), CheckClass.Security));

    internal static InstructionResult Execute(ReverseMapTable table, SnpSwitches switches, RuleSwitches rules, in CpuState cpu, bool isOn, in GuestWalk walk, bool isLarge, ulong attributes)
    {
        var call = new GuestPageCall(table, switches, cpu, isOn, walk, isLarge, (byte)(attributes & 0xff), (byte)((attributes >> 8) & 0xff));
        var refusal = Checks.Decide(ref call, rules);
        if (refusal is not null)
        {
            var answer = ReferenceEquals(refusal, s_unknownTarget) ? RmpAnswer.Of(switches.RmpAdjustUnknownVmpl) : refusal.Answer;
            return InstructionResult.Refused(refusal, answer, call.AddressOf(answer));
        }

        var entry = table.Resolve(call.Head);
        if (cpu.Vmpl.Value == 0)
        {
            entry = entry with { Vmsa = (attributes & 0x1_0000) != 0 };
        }

        table.Change(call.Head, entry.WithPermissions(new(call.Target % Vmpl.Count), (VmplPermissions)call.Mask));
        return default;
    }

    private static bool IsMoreThanOwn(ref GuestPageCall call) => (call.Mask & ~(int)call.Entry.PermissionsOf(call.Cpu.Vmpl)) != 0;
}
