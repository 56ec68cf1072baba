using Xunit;

namespace GuestMemory.Kvm.Tests.Search;

/// <summary>Each known bug is found, and nothing in the same system without it.</summary>
public sealed class KnownBugTests
{
    private const int MostStates = 60_000;

    public static TheoryData<string, string> Bugs
    {
        get
        {
            var bugs = new TheoryData<string, string>();
            foreach (var source in new[] { SoftwareSystems.Software, SoftwareSystems.FirstMerged })
            {
                foreach (var bug in source.Bugs)
                {
                    bugs.Add(source.Name, bug.Id);
                }
            }

            return bugs;
        }
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_is_found_by_what_it_breaks(string system, string id)
    {
        var (source, bug) = Of(system, id);

        var found = SmallSearch.Run(source.Create(bug.Options), MostStates);

        Assert.True(found.Broken == bug.Breaks, found.ToString());
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Nothing_is_found_without_it(string system, string id)
    {
        var (_, bug) = Of(system, id);

        var found = SmallSearch.Run(SoftwareSystems.Software.Create(bug.Options with { Rules = RuleSwitches.AllOn }), MostStates);

        Assert.True(found.Broken is null, found.ToString());
    }

    // The last reference goes, the deletion cannot unbind, the slot is freed; the release would then write to it.
    [Fact]
    public void The_shortest_schedule_of_the_unbind_race_is_the_known_one()
    {
        var source = SoftwareSystems.FirstMerged;

        var found = SmallSearch.Run(source.Create(source.Bugs[0].Options), MostStates);

        Assert.Equal(4, found.Path.Length);
        Assert.Equal(
            ["close-file guest=0", "delete-slot guest=0 stage=Free", "delete-slot guest=0 stage=Invalidate", "delete-slot guest=0 stage=Unbind"],
            found.Path.Order(StringComparer.Ordinal));
        Assert.True(Array.IndexOf(found.Path, "close-file guest=0") < Array.IndexOf(found.Path, "delete-slot guest=0 stage=Unbind"));
    }

    private static (SoftwareSystems Source, KnownBug Bug) Of(string system, string id)
    {
        var source = system == "software" ? SoftwareSystems.Software : SoftwareSystems.FirstMerged;
        return (source, source.Bugs.Single(bug => bug.Id == id));
    }
}
