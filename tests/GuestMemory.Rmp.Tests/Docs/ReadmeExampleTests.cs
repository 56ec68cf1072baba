using Xunit;

namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>The README's example of SEV-SNP is this code, and prints what the README says.</summary>
public sealed class ReadmeExampleTests
{
    private const string Begin = "// README: begin";
    private const string End = "// README: end";

    [Fact]
    public void It_prints_what_its_comments_say()
    {
        Console.Printed.Clear();

        Example();

        Assert.Equal(
            ["GuestValid", "NestedPageFault PVALIDATE/smaller", "Success, CF=0", "allowed", "ACCESS/host/hypervisor-owned"], Console.Printed);
    }

    [Fact]
    public void The_readme_shows_these_lines()
    {
        string[] readme = [.. File.ReadAllLines(Path.Combine(RepositoryFolder.Path, "README.md")).SkipWhile(line => line != "## AMD SEV-SNP")];
        var source = File.ReadAllLines(Path.Combine(RepositoryFolder.Path, "tests", "GuestMemory.Rmp.Tests", "Docs", "ReadmeExampleTests.cs"));

        string[] expected = ["using GuestMemory;", "using GuestMemory.Rmp;", "", .. Between(source, Begin, End).Select(line => line.Length == 0 ? line : line[8..])];

        Assert.Equal(expected, Between(readme, "```csharp", "```"));
    }

    private static void Example()
    {
        // README: begin
        var platform = new SnpPlatform(RmpCoverage.AtEndOf(new(default, 1 << 20)));                 // 4 GiB, SNP initialised
        var (asid, gpa, page) = (new Asid(5), new Gpa(0x8000_0000), new PhysicalPage(new Pfn(0x40000), PageSize.Size2M));
        var guest = CpuState.Guest(asid);
        platform.RmpUpdate(RmpUpdateOperands.Assign(page, asid, gpa));                              // the host gives 2M
        platform.Pvalidate(guest, new(gpa.Value, gpa, page.Start, PageSize.Size2M), isLarge: true, validate: true);
        Console.WriteLine($"{platform.Table.StateOf(page.Start)}");                                 // GuestValid

        var second = new GuestWalk(gpa.Value + 0x1000, gpa + 0x1000, page.Start + 1, PageSize.Size2M);
        var refused = platform.Pvalidate(guest, second, isLarge: false, validate: false);           // the guest gives 4K of it back
        Console.WriteLine($"{refused.Fault.Kind} {refused.DecidedBy!.Id}");                         // NestedPageFault PVALIDATE/smaller
        platform.Psmash(page.Start.Address);                                                        // the host splits the entry
        var accepted = platform.Pvalidate(guest, second with { NestedSize = PageSize.Size4K }, isLarge: false, validate: false);
        Console.WriteLine($"{accepted}");                                                           // Success, CF=0
        platform.RmpUpdate(RmpUpdateOperands.Share(new(page.Start + 1, PageSize.Size4K)));
        var write = RmpAccess.Host(AccessKind.Write, page.Start + 1);
        Console.WriteLine($"{platform.Check(write)}");                                              // allowed
        Console.WriteLine($"{platform.Check(write with { MappingSize = PageSize.Size2M }).DecidedBy!.Id}"); // ACCESS/host/hypervisor-owned
        // README: end
    }

    private static string[] Between(string[] lines, string begin, string end) =>
        [.. lines.SkipWhile(line => line.Trim() != begin).Skip(1).TakeWhile(line => line.Trim() != end)];

    // Takes the place of System.Console in the example, so that nothing of the test runner is redirected.
    private static class Console
    {
        public static List<string> Printed { get; } = [];

        public static void WriteLine(string line) => Printed.Add(line);
    }
}
