using FsCheck;
using FsCheck.Fluent;
using GuestMemory.Docs;
using GuestMemory.Testing.FsCheck.Tests.Fakes;
using Xunit;
using Console = GuestMemory.Docs.PrintedLines;

namespace GuestMemory.Testing.FsCheck.Tests.Docs;

/// <summary>The README's example of property tests is this code, and prints what the README says.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void It_prints_what_its_comments_say() => ReadmeExample.Prints(() => Example(new ToySource()), "50 sequences broke nothing");

    [Fact]
    public void The_readme_shows_these_lines() =>
        ReadmeExample.IsShown("## Property tests with FsCheck", "GuestMemory.Testing.FsCheck", "FsCheck", "FsCheck.Fluent", "GuestMemory.Testing");

    private static void Example(IStepSystemSource source)
    {
        // README: begin
        // Sequences drawn from the steps a system offers, its invariants checked after each; a failure is shrunk and printed as a list and as a test.
        var seen = StepProperties.HoldsFor(() => source.Create(new()), new() { Sequences = 50 });
        Console.WriteLine($"{seen.Sequences} sequences broke nothing");                             // 50 sequences broke nothing

        // Your own ownership table (store, slot, tree) against a model of its interface, under random commands.
        OwnershipTableSpec.HoldsFor(machine => new SoftwareOwnershipTable());

        // Addresses and ranges at their edges, for properties of your own.
        Prop.ForAll(GuestMemoryArbitraries.GfnRanges(), pair => pair.Left.Overlaps(pair.Right) == pair.Right.Overlaps(pair.Left)).QuickCheckThrowOnFailure();
        // README: end
    }
}
