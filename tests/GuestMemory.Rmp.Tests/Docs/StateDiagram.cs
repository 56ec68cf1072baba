namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>The arrows as a Mermaid diagram. Where every state that the host may change leads to one by RMPUPDATE, they share an arrow.</summary>
internal sealed class StateDiagram(IReadOnlyList<StateArrow> arrows)
{
    private const string Host = "RMPUPDATE";

    private IReadOnlyList<RmpPageState> Mutable { get; } = [.. arrows.Where(arrow => arrow.By.Contains(Host)).Select(arrow => arrow.From!.Value).Distinct().Order()];

    public IEnumerable<string> Lines() =>
    [
        "```mermaid", "stateDiagram-v2",
        .. States().Select(state => $"    state \"{state.Name()}\" as {state}"),
        $"    state \"any of {string.Join(", ", Mutable.Select(StateNames.Name))}\" as Mutable",
        .. Shared().Select(to => $"    Mutable --> {to}: {Host}"),
        .. arrows.Select(arrow => (arrow, By: string.Join(", ", Own(arrow)))).Where(line => line.By.Length > 0)
            .Select(line => $"    {(line.arrow.From is { } from ? $"{from}" : "[*]")} --> {line.arrow.To}: {line.By}"),
        "```", "",
    ];

    private IEnumerable<RmpPageState> States() => arrows.Select(arrow => arrow.To).Distinct().Order();

    private IEnumerable<string> Own(StateArrow arrow) => arrow.By.Where(by => by != Host || !IsShared(arrow.To));

    private IEnumerable<RmpPageState> Shared() => States().Where(IsShared);

    private bool IsShared(RmpPageState to) =>
        Mutable.All(from => from == to || arrows.Any(arrow => arrow.From == from && arrow.To == to && arrow.By.Contains(Host)));
}
