using Xunit;

namespace GuestMemory.Rmp.Tests.Docs;

public sealed class StateDocsTests
{
    private static readonly Lazy<IReadOnlyList<PageChange>> s_changes = new(() => [.. SmallWorlds.All().SelectMany(Exploration.Of)]);

    // docs/snp/states.md
    [Fact]
    public void The_states_and_their_changes_are_up_to_date() => SnpDocs.Folder.IsUpToDate("states.md", StateText.Write(s_changes.Value));

    // snp-abi, 5.3 table 11: a state nothing leads to would be missing from the diagram without a word.
    [Fact]
    public void Every_state_of_an_entry_is_reached()
    {
        var reached = s_changes.Value.Select(change => change.To).Distinct().Order();

        Assert.Equal(Enum.GetValues<RmpPageState>().Except([RmpPageState.Invalid, RmpPageState.Default]), reached);
    }
}
