using System.Runtime.CompilerServices;
using Xunit;

namespace GuestMemory.Rmp.Tests.Invariants;

/// <summary>The invariants of states: each is found when the table is written past the rules, and none where the rules were kept. Source: sev-snp, section 8.</summary>
public sealed class StateInvariantTests
{
    private static readonly RmpEntry s_guests = new() { Assigned = true, Asid = SnpWorld.A, Gpa = SnpWorld.G(5) };

    // Which invariants each wrong entry breaks; the first is the one it is here for.
    public static TheoryData<string, string> Mutants => new()
    {
        { "an ASID in an unassigned entry", "INV-SNP-1 INV-SNP-4 INV-SNP-5" },
        { "an entry for a page that has none", "INV-SNP-1" },
        { "a 2M entry kept like a 4K one", "INV-SNP-2 INV-SNP-7 INV-SNP-10" },
        { "a validated page of the firmware's", "INV-SNP-1 INV-SNP-3" },
        { "an address in an unassigned entry", "INV-SNP-4" },
        { "a save area that waits to be reclaimed", "INV-SNP-6" },
        { "a 2M entry at an odd guest address", "INV-SNP-7" },
        { "an owner inside a 2M page", "INV-SNP-2 INV-SNP-7 INV-SNP-8 INV-SNP-10" },
        { "a wrong count of a block", "INV-SNP-9" },
        { "a wrong count of an ASID", "INV-SNP-10" },
        { "a page of the table's that is nobody's", "INV-SNP-26" },
    };

    [Theory]
    [MemberData(nameof(Mutants))]
    public void A_table_written_past_the_rules_breaks_the_invariant_and_no_other(string mutant, string broken)
    {
        var world = Sound(RmpCheckerOptions.Record);
        var at = Apply(mutant, world);

        Assert.Equal(broken.Split(' '), RmpInvariants.FindBreaches(world.Platform).Select(breach => breach.Invariant.Name));

        // The same names, by an operation that only names the page: what is touched is enough.
        world.Platform.RmpRead(CpuState.Host, at.Address);
        Assert.Equal(broken.Split(' '), world.Checker.Breaches.Where(IsOfStates).Select(breach => breach.Invariant.Name));
    }

    [Fact]
    public void A_breach_throws_with_the_invariants_name()
    {
        var world = Sound(RmpCheckerOptions.Default);
        world.Table.Write(SnpWorld.H(5), new RmpEntry { Gpa = SnpWorld.G(5) });

        var thrown = Assert.Throws<ModelInvariantException>(() => world.World.HostRead(SnpWorld.H(5), out _));
        Assert.Equal("INV-SNP-4", thrown.Invariant);
    }

    [Fact]
    public void A_table_written_by_the_rules_breaks_none()
    {
        var world = Sound(RmpCheckerOptions.Strict);

        world.IsSound();
        Assert.All(RmpInvariants.All, invariant => Assert.Null(invariant.FindBreach(world.Platform)));
    }

    // The sound world has a page in every state the instructions can make, so that no invariant holds for want of pages.
    private static CheckedWorld Sound(RmpCheckerOptions options)
    {
        var world = new CheckedWorld(new() { RefusesUnalignedLargeGpa = true }, options: options);
        var snp = world.World;
        snp.GiveLarge(SnpWorld.Y(), SnpWorld.G(512));
        snp.Give(SnpWorld.H(100), SnpWorld.G(100));
        Assert.True(snp.Assign(SnpWorld.H(101), SnpWorld.G(101)).IsSuccess);
        Assert.True(snp.Assign(SnpWorld.H(102), SnpWorld.G(102), immutable: true).IsSuccess);
        snp.Give(SnpWorld.H(103), SnpWorld.G(103));
        Assert.True(snp.Assign(SnpWorld.H(103), SnpWorld.G(103), immutable: true).IsSuccess);
        Assert.True(snp.ToFirmware(SnpWorld.H(104)).IsSuccess);
        Assert.True(world.Platform.RmpUpdate(new(SnpWorld.H(105).Address, Assigned: true)).IsSuccess);
        Assert.Equal(
            [RmpPageState.GuestValid, RmpPageState.GuestInvalid, RmpPageState.PreGuest, RmpPageState.PreSwap, RmpPageState.Firmware, RmpPageState.Reclaim, RmpPageState.Hypervisor],
            Enumerable.Range(100, 7).Select(page => snp.StateOf(SnpWorld.H((ulong)page))));
        return world;
    }

    private static Pfn Apply(string mutant, CheckedWorld world)
    {
        var (table, at) = (world.Table, SnpWorld.H(5));
        switch (mutant)
        {
            case "an ASID in an unassigned entry": table.Write(at, new() { Asid = SnpWorld.A }); break;
            case "an entry for a page that has none": table.Write(at = new(SnpWorld.Frames + 5), s_guests); break;
            case "a 2M entry kept like a 4K one": table.Write(at = new(0x6_0000), s_guests with { Size = PageSize.Size2M, Gpa = SnpWorld.G(1024) }); break;
            case "a validated page of the firmware's": table.Write(at, new() { Assigned = true, Immutable = true, Validated = true }); break;
            case "an address in an unassigned entry": table.Write(at, new() { Gpa = SnpWorld.G(5) }); break;
            case "a save area that waits to be reclaimed": table.Write(at, new() { Assigned = true, Vmsa = true }); break;
            case "a 2M entry at an odd guest address": table.WriteLarge(at = new(0x6_0000), s_guests); break;
            case "an owner inside a 2M page": OwnInside(table, at = new(0x6_0000)); break;
            case "a wrong count of a block": Unsafe.AsRef(in table.BlockOf(at.Value)).Assigned++; break;
            case "a wrong count of an ASID": table.BlockOf(at.Value).Entries![5] = s_guests; Unsafe.AsRef(in table.BlockOf(at.Value)).Assigned++; break;
            default: table.Write(at = table.Coverage.OwnPages[0].Start, default); break;
        }

        return at;
    }

    private static void OwnInside(ReverseMapTable table, Pfn head)
    {
        for (var page = 1UL; page < 512; page++)
        {
            table.Write(head + page, new() { Assigned = true });
        }

        table.Write(head, s_guests with { Size = PageSize.Size2M, Gpa = SnpWorld.G(1024) });
        table.Write(head + 3, s_guests with { Asid = SnpWorld.B });
    }

    private static bool IsOfStates(RmpBreach breach) => breach.Invariant.Kind == RmpInvariantKind.State;
}
