using Xunit;

namespace GuestMemory.Tdx.Tests.Docs;

public sealed class StateDocsTests
{
    // docs/tdx/states.md
    [Fact]
    public void The_states_and_their_changes_are_up_to_date() => TdxDocs.Folder.IsUpToDate("states.md", StateText.Write(StateRuns.All, PageLives.Watched()));

    // tdx-module, Secure EPT state tables: a run that never went through would be missing without a word.
    [Fact]
    public void Every_state_a_function_accepts_goes_through_in_some_run_and_no_other_does()
    {
        var accepted = from function in StateRuns.Functions from state in Enum.GetValues<SeptEntryState>() where SeptTransitions.Allows(function, state) select (function, state);

        Assert.Equal(accepted, StateRuns.All.Where(run => run.To is not null).Select(run => (run.Function, run.From)).Distinct().Order());
    }

    // tdx.md, 4.3
    [Fact]
    public void The_diagrams_have_every_state_between_them() =>
        Assert.Equal(Enum.GetValues<SeptEntryState>(), StateDiagram.Everyday.States.Union(StateDiagram.Export.States).Order());

    // A type nothing leads to, or nothing ends, would have an empty cell.
    [Fact]
    public void Every_type_of_page_but_reserved_is_reached_and_left()
    {
        var watch = PageLives.Watched();
        var types = Enum.GetValues<PageType>().Except([PageType.Nda, PageType.Rsvd]).ToList();

        Assert.Equal(types, watch.Changes.Select(change => change.To).Distinct().Except([PageType.Nda]).Order());
        Assert.Equal(types, watch.Changes.Select(change => change.From).Distinct().Except([PageType.Nda]).Order());
    }
}
