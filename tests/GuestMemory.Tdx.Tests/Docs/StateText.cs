using System.Globalization;
using GuestMemory.Docs;
using GuestMemory.Tdx.Tests.Migration;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>The runs as states.md.</summary>
internal static class StateText
{
    private const ulong Page = 0x40400000;

    public static string Write(IReadOnlyList<StateRun> runs, PageTypeWatch watch) => Markdown.Text(
    [
        "# States of Intel TDX", "",
        "What an entry of a Secure EPT, a TD and a page can be in `GuestMemory.Tdx`, and what changes it. The tables are not written by hand: the tests put an",
        "entry into every state, call every function on it in every op state it runs in, for 4K and 2M, and note what became of it. To write it anew:", "",
        "```", TdxDocs.Folder.Command, "```", "",
        "TDH. functions are the host's, TDG. functions the guest's; the diagrams leave TDH. out. What is not here is refused; [rules.md](rules.md) says by which rule.", "",
        "## An entry without migration", "",
        $"`{StateMatrix.NeedsBlock}`: not while the TD may run (which [op states](#op-states) those are is said below). Then the entry is blocked first, MEM.TRACK called, and every vCPU that",
        "was inside before has left.", "",
        .. StateDiagram.Everyday.Lines(runs),
        "## An entry in an export", "",
        "BLOCKEDW, exported or not: the guest can read and not write. DIRTY: written since the export, it must be exported again.", "",
        .. StateDiagram.Export.Lines(runs),
        "## The sixteen states", "",
        $"*Code*: bits 9, 53 to 56, 6 and 7 of the entry. *Public*: the number a host is told in RDX 15:8. *Example*: the entry of the page at 0x{Page:x}, or of REMOVED in epoch 0.", "",
        .. Markdown.Table(["state", "short", "code", "public", "R W X", "example", "meaning"], Enum.GetValues<SeptEntryState>().Select(State)),
        "## Functions and states", "",
        $"A cell is the state afterwards, by its short name; `=`: unchanged; empty: refused. `{StateMatrix.NeedsBlock}` as above.", "",
        .. StateMatrix.Lines(runs),
        "Where a cell has more than one state, this decides:", "",
        .. StateMatrix.Choices(runs),
        "## Op states", "",
        "In which op states of its TD a function runs; elsewhere it answers TDX_OP_STATE_INCORRECT.", "",
        .. OpStateTable.Lines(),
        $"In all of them: {OpStateTable.Others}.", "",
        "## Page types", "",
        "What the PAMT says of a page, and what was seen to change it in lives that bring pages to every type and back. PT_NDA (0) is a free page.", "",
        .. PageTypeTable.Lines(watch),
    ]);

    private static string[] State(SeptEntryState state)
    {
        var entry = MigrationWorld.EntryOf(state, Page);
        return
        [
            state.Name(), state.Short(), string.Create(CultureInfo.InvariantCulture, $"0x{SeptEncoding.CodeOf(entry.Raw):x2}"), $"{state.PublicNumber()}",
            Convert.ToString((int)entry.Rights, 2).PadLeft(3, '0'), string.Create(CultureInfo.InvariantCulture, $"`{entry.Raw:x16}`"), ManualNames.MeaningOf(state) is { Length: > 0 } meaning ? meaning : "–",
        ];
    }
}
