namespace GuestMemory.Rmp;

/// <summary>PVALIDATE: the guest accepts a page, or takes its acceptance back. No cached translation is invalidated. Source: apm3, PVALIDATE.</summary>
public static class Pvalidate
{
    /// <summary>The checks, in order.</summary>
    public static RuleTable<GuestPageCall, RmpAnswer> Checks { get; } = new(
        new("PVALIDATE/cpl", "apm3, PVALIDATE", "user code accepting pages", GuestPageCall.IsUnprivileged, RmpAnswer.GeneralProtection, CheckClass.Integrity),
        new("PVALIDATE/not-snp", "apm3, PVALIDATE", "a guest without SNP accepting pages", IsNotSnp, new(RmpStatus.Success, Carry: true), CheckClass.Integrity),
        new("PVALIDATE/vmpl", "apm3, PVALIDATE", "a lower level accepting pages", IsLowerLevel, RmpAnswer.GeneralProtection, CheckClass.Integrity),
        new("PVALIDATE/align", "apm3, PVALIDATE", "2M from mid-block", GuestPageCall.IsMisaligned, RmpAnswer.Of(RmpStatus.FailInput)),
        new("PVALIDATE/guest-walk", "apm3, PVALIDATE", "an address the guest does not map", GuestPageCall.IsGuestUnmapped, RmpAnswer.GuestPageFault, CheckClass.Integrity),
        new("PVALIDATE/c-bit", "apm3, PVALIDATE", "accepting what the guest maps shared", GuestPageCall.IsGuestShared, RmpAnswer.GuestPageFault, CheckClass.Integrity),
        new("PVALIDATE/nested-walk", "apm3, PVALIDATE", "an address the hypervisor does not map", GuestPageCall.IsNestedUnmapped, RmpAnswer.NestedFault, CheckClass.Integrity),
        new("PVALIDATE/covered", "apm3, PVALIDATE", "accepting a page without entry", GuestPageCall.IsUncovered, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Integrity),
        new("PVALIDATE/immutable", "apm3, PVALIDATE", "accepting a page the firmware holds", GuestPageCall.IsImmutable, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Security),
        new("PVALIDATE/assigned", "apm3, PVALIDATE", "accepting the hypervisor's page", GuestPageCall.IsUnassigned, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Security),
        new("PVALIDATE/gpa", "apm3, PVALIDATE", "accepting a page bound elsewhere", GuestPageCall.IsElsewhere, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Security),
        new("PVALIDATE/asid", "apm3, PVALIDATE", "accepting another guest's page", GuestPageCall.IsForeign, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Security),
        new("PVALIDATE/nested-size", "apm3, PVALIDATE", "accepting through a mapping of another size", GuestPageCall.IsSizeUnlikeNested, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits), CheckClass.Integrity),
        new("PVALIDATE/smaller", "apm3, PVALIDATE", "accepting a part of a 2M page", GuestPageCall.IsRequestSmaller, RmpAnswer.RmpFaulted(GuestPageCall.ReadBits | FaultBits.SizeMismatch), CheckClass.Integrity),
        new("PVALIDATE/larger", "apm3, PVALIDATE; apm2, table 15-40", "accepting 2M over one 4K entry", GuestPageCall.IsRequestLarger, RmpAnswer.Of(RmpStatus.FailSizeMismatch), CheckClass.Integrity));

    /// <summary>What decides when the entry already is as asked: success with the carry flag.</summary>
    public static Rule Unchanged { get; } = new("PVALIDATE/unchanged", "apm3, PVALIDATE", "a client taking no change for a change");

    internal static PvalidateResult Execute(ReverseMapTable table, SnpSwitches switches, RuleSwitches rules, in CpuState cpu, bool isOn, in GuestWalk walk, bool isLarge, bool validate)
    {
        var call = new GuestPageCall(table, switches, cpu, isOn, walk, isLarge);
        var refusal = Checks.Decide(ref call, rules);
        if (refusal is not null)
        {
            var answer = refusal.Answer;
            return answer.Fault == RmpFaultKind.None
                ? new(answer.Status, answer.Carry, default, refusal)
                : new(default, false, new(answer.Fault, answer.Bits, call.AddressOf(answer)), refusal);
        }

        if (call.Entry.Validated == validate)
        {
            return new(RmpStatus.Success, Carry: true, default, Unchanged);
        }

        table.Change(call.Head, table.Resolve(call.Head) with { Validated = validate });
        return default;
    }

    private static bool IsNotSnp(ref GuestPageCall call) => !call.IsOn || !call.Cpu.SnpActive;

    private static bool IsLowerLevel(ref GuestPageCall call) => call.Cpu.Vmpl.Value != 0;
}
