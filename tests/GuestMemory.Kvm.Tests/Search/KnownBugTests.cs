using Xunit;

namespace GuestMemory.Kvm.Tests.Search;

/// <summary>Each known bug is found, and nothing in the same system without it.</summary>
public sealed class KnownBugTests
{
    private const int MostStates = 60_000;

    public static TheoryData<string> Bugs => [.. SoftwareSystems.Software.Bugs.Select(bug => bug.Id)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_is_found_by_what_it_breaks(string id)
    {
        var bug = Of(id);

        var found = SmallSearch.Run(SoftwareSystems.Software.Create(bug.Options), MostStates);

        Assert.True(found.Broken == bug.Breaks, found.ToString());
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Nothing_is_found_without_it(string id)
    {
        var bug = Of(id);

        var found = SmallSearch.Run(SoftwareSystems.Software.Create(bug.Options with { Rules = RuleSwitches.AllOn }), MostStates);

        Assert.True(found.Broken is null, found.ToString());
    }

    // The last reference goes, the deletion cannot unbind, the slot is freed; the release would then write to it.
    [Fact]
    public void The_shortest_schedule_of_the_unbind_race_is_the_known_one()
    {
        var found = SmallSearch.Run(SoftwareSystems.FirstMerged.Create(new() { Guests = 1, Pages = 1, Vcpus = 1 }), MostStates);

        Assert.Equal("lifetime", found.Broken);

        Assert.Equal(4, found.Path.Length);
        Assert.Equal(
            ["close-file guest=0", "delete-slot guest=0 stage=Free", "delete-slot guest=0 stage=Invalidate", "delete-slot guest=0 stage=Unbind"],
            found.Path.Order(StringComparer.Ordinal));
        Assert.True(Array.IndexOf(found.Path, "close-file guest=0") < Array.IndexOf(found.Path, "delete-slot guest=0 stage=Unbind"));
    }

    private static KnownBug Of(string id) => SoftwareSystems.Software.Bugs.Single(bug => bug.Id == id);
}
