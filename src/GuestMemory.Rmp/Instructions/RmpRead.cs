namespace GuestMemory.Rmp;

/// <summary>RMPREAD: the hypervisor reads an entry in the portable form. Sources: linux-sev-host, reading an entry; rmp-intrinsics (the codes).</summary>
public static class RmpRead
{
    /// <summary>The checks, in order.</summary>
    public static RuleTable<RmpReadCall, RmpAnswer> Checks { get; } = new(
        new("RMPREAD/mode", "rmp-intrinsics, RMPREAD", "use outside 64-bit mode, or without SNP", IsUndefined, RmpAnswer.UndefinedOpcode),
        new("RMPREAD/cpl", "rmp-intrinsics, RMPREAD", "user code reading owners", IsUnprivileged, RmpAnswer.GeneralProtection, CheckClass.Integrity),
        new("RMPREAD/guest", "rmp-intrinsics, RMPREAD", "a guest reading owners", IsGuest, RmpAnswer.Of(RmpStatus.FailPermission), CheckClass.Integrity),
        new("RMPREAD/covered", "rmp-intrinsics, RMPREAD", "reading beyond the table", IsUncovered, RmpAnswer.Of(RmpStatus.FailInput), CheckClass.Integrity));

    internal static RmpReadResult Execute(ReverseMapTable table, RuleSwitches rules, in CpuState cpu, bool isOn, Spa address)
    {
        var call = new RmpReadCall(table.Coverage.Covers(address.Frame), cpu, isOn);
        var refusal = Checks.Decide(ref call, rules);
        if (refusal is not null)
        {
            var answer = refusal.Answer;
            return answer.Fault == RmpFaultKind.None
                ? new(answer.Status, DecidedBy: refusal)
                : new(default, Fault: new(answer.Fault), DecidedBy: refusal);
        }

        var frame = address.Frame;
        var entry = table.Raw(frame);
        var others = table.AssignedIn2M(frame) - (entry.Assigned ? 1 : 0);
        return new(RmpStatus.Success, entry.Gpa, entry.Assigned, entry.Size, frame.IsAligned(PageSize.Size2M) && others > 0, entry.Immutable, entry.Asid);
    }

    private static bool IsUndefined(ref RmpReadCall call) => !call.IsOn || !call.Cpu.LongMode;

    private static bool IsUnprivileged(ref RmpReadCall call) => call.Cpu.Cpl != 0;

    private static bool IsGuest(ref RmpReadCall call) => call.Cpu.Asid.IsGuest;

    private static bool IsUncovered(ref RmpReadCall call) => !call.IsCovered;
}
