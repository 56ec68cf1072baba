using GuestMemory.Docs;
using GuestMemory.Tdx.Tests.Rules;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>Every rule of the package, by call: one group for each table, or for each list of rules without one.</summary>
internal static class RuleGroups
{
    private static readonly string s_resumable = AnswerText.Of(TdxStatus.Of(TdxStatusCode.InterruptedResumable));

    public static IReadOnlyList<RuleGroup> HostFunctions { get; } = [.. HostFunctionTable.All.SelectMany(Of)];

    public static IReadOnlyList<RuleGroup> GuestFunctions { get; } = [.. GuestFunctionTable.All.Select(Of)];

    public static IReadOnlyList<RuleGroup> GuestAccesses { get; } =
    [
        RuleGroup.Of("Private access", "a TD's load or store with the SHARED bit clear", GuestAccessRules.Private, AnswerText.Of),
        RuleGroup.Of("Shared access", "a TD's load or store with the SHARED bit set", GuestAccessRules.Shared, AnswerText.Of),
        new("Access through a translation", "what stops a TD's access in the machine's ownership table", [.. TdxAccessRules.All.Select(Row)]),
    ];

    public static IReadOnlyList<RuleGroup> Host { get; } =
    [
        RuleGroup.Of("MapGPA", "a guest asks its host to convert pages (TDG.VP.VMCALL)", MapGpaChecks.Checks, AnswerText.Of),
        RuleGroup.Of("KVM_MEMORY_ENCRYPT_OP", "the VMM gives a TD a command", TdxCommandChecks.Any, AnswerText.Of),
        RuleGroup.Of("KVM_TDX_INIT_VM", "the VMM makes a VM a TD", TdxCommandChecks.InitVm, AnswerText.Of),
        RuleGroup.Of("KVM_TDX_INIT_VCPU", "the VMM makes its vCPU", TdxCommandChecks.InitVcpu, AnswerText.Of),
        RuleGroup.Of("KVM_TDX_INIT_MEM_REGION", "the VMM puts measured pages into the TD", TdxCommandChecks.InitMemRegion, AnswerText.Of),
        RuleGroup.Of("KVM_TDX_FINALIZE_VM", "the VMM ends the launch", TdxCommandChecks.FinalizeVm, AnswerText.Of),
        RuleGroup.Of("KVM_TDX_TERMINATE_VM", "the VMM ends the TD", TdxCommandChecks.TerminateVm, AnswerText.Of),
        new("The host at work", "how calls fail once their arguments are judged, and what the host itself does not do",
            [.. TdxHostRules.All.Select(rule => new RuleRow(rule, AnswerText.Of(((TdxHostRule)rule).Errno)))]),
    ];

    public static IReadOnlyList<RuleGroup> All { get; } = [.. HostFunctions, .. GuestFunctions, .. GuestAccesses, .. Host];

    /// <summary>What refusals leave behind, by rule.</summary>
    public static IEnumerable<(Rule Rule, AnswerResidue Residue)> Residues =>
        from function in HostFunctionTable.All
        from check in function.Checks.Checks.Concat(function.LateChecks.Checks)
        where check.Answer.Residue != AnswerResidue.None
        select ((Rule)check, check.Answer.Residue);

    private static IEnumerable<RuleGroup> Of(HostFunction function)
    {
        var name = $"{function} ({(int)function.Function})";
        var checks = RuleGroup.Of(name, MeaningOf(function.Name), function.Checks, AnswerText.Of);
        yield return function.Function == TdxFunction.PhymemCacheWb ? checks.And(RuleCatalogue.Get("TDH.PHYMEM.CACHE.WB/interrupted"), s_resumable) : checks;
        if (function.LateChecks.Checks.Count > 0)
        {
            yield return RuleGroup.Of($"{name}, late", "what can still stop it after its work began", function.LateChecks, AnswerText.Of);
        }

        if (function.EntryRules.Count > 0)
        {
            yield return new($"{name}, each entry", "what is asked of the entry of the list it has come to; the answer is the entry's status", [.. function.EntryRules.Select(EntryRow)]);
        }
    }

    private static RuleGroup Of(GuestFunction function)
    {
        var group = RuleGroup.Of($"{function} (TDCALL {(int)function.Function & 0xffff})", MeaningOf(function.Name), function.Checks, AnswerText.Of);
        return function.Function == TdxFunction.GuestPageAccept
            ? group.And(RuleCatalogue.Get("TDG.MEM.PAGE.ACCEPT/interrupted"), "none: the guest runs the instruction again and it goes on")
            : group;
    }

    private static RuleRow EntryRow(Rule rule) => new(rule, rule is Check<GpaEntryCall, GpaEntryAnswer> check ? AnswerText.Of(check.Answer) : $"the call ends: {s_resumable}");

    private static RuleRow Row(Rule rule) => new(rule, rule == TdxAccessRules.Pending ? "#VE, or EPT violation to the host" : rule == TdxAccessRules.Integrity ? "#MC; the TD is fatal" : "EPT violation to the host");

    // From the doc comment of the function's class, between its name and its source.
    private static string MeaningOf(string name)
    {
        var (begin, end) = ($"{name}: ", " Source:");
        var summary = TdxDocs.Comments.All.Single(summary => summary.StartsWith(begin, StringComparison.Ordinal) && summary.Contains(end, StringComparison.Ordinal));
        return summary[begin.Length..summary.IndexOf(end, StringComparison.Ordinal)].TrimEnd('.');
    }
}
