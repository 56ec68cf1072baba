using GuestMemory.Docs;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>The rules as rules.md.</summary>
internal static class RuleText
{
    public static string Write() => Markdown.Text(
    [
        "# Rules of Intel TDX", "",
        "Every check that `GuestMemory.Tdx` makes, by call, in the order of the checks: the first that refuses decides, and a refused call changes nothing",
        "but what its answer and the last table say; one that was interrupted keeps what it did.",
        "Answers are those of module 1.5.01 without Dynamic PAMT; the TDH.PHYMEM.PAMT functions, and the rules about page pairs, belong to modules with it.",
        "With `RuleSwitches` any check can be switched off. *Source* is a key of [sources.md](../sources.md) and the place there. Written from the rule tables by the tests; to write it anew:", "",
        "```", TdxDocs.Folder.Command, "```", "",
        "*Class* says what shows when a check is switched off: **security**, a named invariant breaks; **integrity** (of the module's books) and **encoding** (of its operands), a named test differs.",
        "A status is RAX: its code, and the operand it complains about. *And the entry*: RCX and RDX tell the Secure EPT entry the walk ended at; without that they are 0.", "",
        "The functions [of the host](#tdhvpenter-0), [of guests](#tdgmempageaccept-tdcall-6), [accesses of guests](#private-access), and [the host above the module](#mapgpa).", "",
        .. RuleGroups.All.SelectMany(group => group.Lines()),
        "## What refused calls leave behind", "",
        .. Markdown.Table(
            ["what stays", "rules"],
            RuleGroups.Residues.GroupBy(found => found.Residue).OrderBy(same => same.Key)
                .Select(same => new[] { TdxDocs.Comments.Of(same.Key).TrimEnd('.'), string.Join(", ", same.Select(found => $"`{found.Rule.Id}`")) })),
    ]);
}
