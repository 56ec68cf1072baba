using GuestMemory.Docs;
using Xunit;
using Console = GuestMemory.Docs.PrintedLines;

namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>The README's example of SEV-SNP is this code, and prints what the README says.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void It_prints_what_its_comments_say() =>
        ReadmeExample.Prints(Example, "GuestValid", "NestedPageFault PVALIDATE/smaller", "Success, CF=0", "allowed", "ACCESS/host/hypervisor-owned");

    [Fact]
    public void The_readme_shows_these_lines() => ReadmeExample.IsShown("## AMD SEV-SNP", "GuestMemory.Rmp");

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
}
