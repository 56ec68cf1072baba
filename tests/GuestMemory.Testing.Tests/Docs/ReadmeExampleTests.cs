using GuestMemory.Docs;
using GuestMemory.Kvm;
using Xunit;
using Console = GuestMemory.Docs.PrintedLines;

namespace GuestMemory.Testing.Tests.Docs;

/// <summary>The README's examples: that of a search is the code here, that of a contract is the sample's test, which is compiled and run here too.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void The_readme_shows_the_sample() =>
        ReadmeExample.IsFile("## Contracts for your own implementation", Path.Combine("samples", "Consumer", "LedgerTableTests.cs"));

    [Fact]
    public void The_readme_shows_the_search() =>
        ReadmeExample.IsShown("## Finding what breaks", "GuestMemory.Testing", "GuestMemory.Kvm", "GuestMemory.Testing");

    [Fact]
    public void The_search_prints_what_its_comments_say() => ReadmeExample.Prints(
        Search,
        "slots-0: delete-slot guest=0 stage=Invalidate",
        "vmm-0: close-file guest=0",
        "slots-0: delete-slot guest=0 stage=Unbind",
        "slots-0: delete-slot guest=0 stage=Free",
        "lifetime",
        "file 0 of guest 1 is bound to slot object 0, which is freed",
        "True");

    private static void Search()
    {
        // README: begin
        var search = new StateSearch(() => SoftwareSystems.FirstMerged.Create(new() { Guests = 1, Pages = 1, Vcpus = 1 }));
        var found = search.Run().Counterexample!;
        Console.WriteLine($"{found.Steps[0].Words}");       // slots-0: delete-slot guest=0 stage=Invalidate
        Console.WriteLine($"{found.Steps[1].Words}");       // vmm-0: close-file guest=0
        Console.WriteLine($"{found.Steps[2].Words}");       // slots-0: delete-slot guest=0 stage=Unbind
        Console.WriteLine($"{found.Steps[3].Words}");       // slots-0: delete-slot guest=0 stage=Free
        Console.WriteLine($"{found.Breaks}");               // lifetime
        Console.WriteLine($"{found.Message}");              // file 0 of guest 1 is bound to slot object 0, which is freed
        var fixedSince = new StateSearch(() => SoftwareSystems.Software.Create(new() { Guests = 1, Pages = 1, Vcpus = 1, Scenario = "threads" }), new() { Depth = 10 });
        Console.WriteLine($"{fixedSince.Run().Counterexample is null}");    // True
        // README: end
    }
}
