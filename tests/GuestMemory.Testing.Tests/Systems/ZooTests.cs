using Xunit;

namespace GuestMemory.Testing.Tests.Systems;

/// <summary>Each known bug is found in the system that has it, and not in the one that has its rule.</summary>
public sealed class ZooTests
{
    public static TheoryData<string> Bugs => [.. SearchableSystems.All.SelectMany(source => source.Bugs.Select(bug => bug.Id))];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_known_bug_is_found_by_what_it_breaks(string id)
    {
        var (source, bug) = Kept(id);

        var found = KnownBugSearch.Find(source, bug).Counterexample;
        Assert.Equal(bug.Breaks, found?.Breaks);

        Assert.Null(KnownBugSearch.Without(source, bug, found!.Steps.Count).Counterexample);
    }

    [Fact]
    public void Ids_are_unique() => Assert.Distinct(SearchableSystems.All.SelectMany(source => source.Bugs).Select(bug => bug.Id));

    internal static (IStepSystemSource Source, KnownBug Bug) Kept(string id) =>
        SearchableSystems.All.SelectMany(source => source.Bugs.Select(bug => (source, bug))).Single(kept => kept.bug.Id == id);
}
