using GuestMemory.Docs;

namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>The catalogue as rules.md.</summary>
internal static class RuleText
{
    public static string Write(IReadOnlyList<RuleGroup> groups, IReadOnlyList<PartialEffect> effects) => Markdown.Text(
    [
        "# Rules of SEV-SNP", "",
        "Every check that `GuestMemory.Rmp` makes, by call, in the order of the checks: the first that refuses decides, and a refused call changes nothing, but for two at the end.",
        "Answers are those of the default `SnpSwitches`; with `RuleSwitches` any check can be switched off.",
        "*Source* is a key of [sources.md](../sources.md) and the place there. Written from the rule tables by the tests; to write it anew:", "",
        "```", SnpDocs.Folder.Command, "```", "",
        "*Class* says what shows when a check is switched off: **security**, a named invariant breaks; **integrity** (of the system's books) and **encoding** (of its operands), a named test differs.",
        "Of a fault's code only the bits are listed that belong to the check; P, W, U and the rest follow from the access.", "",
        .. groups.SelectMany(group => group.Lines()),
        "## What refused calls leave behind", "",
        .. Markdown.Table(["call", "when", "what stays", "source"], effects.Select(effect => new[] { effect.Call, effect.When, effect.Stays, effect.Source })),
    ]);
}
