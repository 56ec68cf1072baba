using GuestMemory.Docs;

namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>The changes as states.md.</summary>
internal static class StateText
{
    public static string Write(IReadOnlyList<PageChange> changes)
    {
        var arrows = StateArrow.Of(changes);
        return Markdown.Text(
        [
            "# Page states of SEV-SNP", "",
            "What a page can be in `GuestMemory.Rmp`, and what takes it from one state to another. Nothing here is written by hand: the tests run every",
            "instruction with all its small operands in every situation that a few pages can come to, and note what happens. To write it anew:", "",
            "```", SnpDocs.Folder.Command, "```", "",
            "RMPUPDATE and PSMASH are the host's, PVALIDATE and RMPADJUST the guest's; names that begin with SNP_ are commands to the firmware. At the beginning the",
            "table is built anew, whatever a page was. A change that is not here is refused; [rules.md](rules.md) says by which rule.", "",
            .. new StateDiagram(arrows).Lines(),
            "## States", "",
            "A state is nothing but these fields; what no line has is no state. A page without an entry is *Default*: the hypervisor's for ever.",
            "*Own bit* is this library's: how hardware encodes an IOMMU buffer is not published.", "",
            .. Markdown.Table(StateEncoding.Columns, StateEncoding.Rows()),
            "## Changes of state", "",
            .. Markdown.Table(["from", "to", "by"], arrows.Select(arrow => new[] { arrow.From?.Name() ?? "the beginning", arrow.To.Name(), string.Join("; ", arrow.Ways) })),
            "## Changes within a state", "",
            .. Markdown.Table(["state", "by", "what can change"], Within(changes)),
        ]);
    }

    private static IEnumerable<string[]> Within(IReadOnlyList<PageChange> changes) =>
        changes.Where(change => change.IsWithinState)
            .GroupBy(change => (change.From, change.Move.By))
            .OrderBy(group => group.Key.From!.Value).ThenBy(group => group.Key.By, StringComparer.Ordinal)
            .Select(group => new[] { group.Key.From!.Value.Name(), group.Key.By, string.Join(", ", group.SelectMany(change => change.Fields).Distinct().Order(StringComparer.Ordinal)) });
}
