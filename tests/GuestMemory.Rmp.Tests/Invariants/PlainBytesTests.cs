using GuestMemory.Rmp.Tests.Firmware;
using Xunit;
using static GuestMemory.Rmp.Tests.Firmware.FirmwareWorld;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Invariants;

/// <summary>INV-SNP-27, and what INV-SNP-18 promises a guest that allows debugging. Source: snp-abi, 4.3, 8.27 and 8.28.</summary>
public sealed class PlainBytesTests
{
    private const ulong AllowsDebugging = 1UL << 19;

    // snp-abi 8.27: the policy decides whether a page's bytes may come out.
    [Theory]
    [InlineData(0UL, "INV-SNP-27")]
    [InlineData(AllowsDebugging)]
    public void Bytes_come_out_in_plain_only_where_the_policy_allows_it(ulong policy, params string[] broken)
    {
        var (world, checker) = World(policy);

        Ok(world.Firmware.DebugDecrypt(new(ContextA.Address, H(5).Address, Spare.Address)));

        Assert.Equal(7UL, world.Contents.Read(Spare.Address, 8));
        Assert.Equal(broken, Broken(checker));
    }

    // Two guests launched from one image: which of them was read cannot be told by the bytes, and one allows it.
    [Fact]
    public void Bytes_that_a_guest_gives_freely_are_no_breach_where_another_has_them_too()
    {
        var (world, checker) = World(AllowsDebugging);
        world.Start(ContextB, B);
        Launch(world, ContextA, H(8), A);
        Launch(world, ContextB, H(9), B);

        Ok(world.Firmware.DebugDecrypt(new(ContextA.Address, H(8).Address, Spare.Address)));
        Assert.Empty(Broken(checker));

        // Once A's own page is another, the same bytes can only be B's.
        Assert.True(world.Snp.GuestWrite(G(8), H(8), 1).IsAllowed);
        world.Platform.Emit(new(SnpOperationKind.Firmware, new(Spare, 1), default, (ulong)SevCommand.DebugDecrypt));
        Assert.Equal(["INV-SNP-27"], Broken(checker));
    }

    // snp-abi 8.28: an owner that allows debugging lets its pages be written; nobody promises what it reads then.
    [Theory]
    [InlineData(0UL, "INV-SNP-18")]
    [InlineData(AllowsDebugging)]
    public void Bytes_change_under_a_guest_only_where_the_policy_allows_it(ulong policy, params string[] broken)
    {
        var (world, checker) = World(policy);
        world.PreGuest(H(5), G(5));

        Ok(world.Firmware.DebugEncrypt(new(ContextA.Address, Spare.Address, H(5).Address)));
        Ok(world.Firmware.PageReclaim(Small(H(5))));

        Assert.True(world.Snp.GuestRead(G(5), H(5), out var value).IsAllowed);
        Assert.Equal(0UL, value);
        Assert.Equal(broken, Broken(checker));
    }

    private static (FirmwareWorld World, RmpChecker Checker) World(ulong policy)
    {
        var world = new FirmwareWorld(rules: RuleSwitches.AllOn.Without("SNP_DBG_DECRYPT/policy").Without("SNP_DBG_ENCRYPT/policy"));
        var checker = RmpChecker.Attach(world.Platform, RmpCheckerOptions.Record);
        world.Start(ContextA, A, policy);
        world.FirmwarePage(Spare);
        world.Snp.Give(H(5), G(5));
        Assert.True(world.Snp.GuestWrite(G(5), H(5), 7).IsAllowed);
        return (world, checker);
    }

    private static void Launch(FirmwareWorld world, Pfn context, Pfn frame, Asid asid)
    {
        world.PreGuest(frame, G(8), asid);
        Ok(world.Firmware.LaunchUpdate(context, Small(frame), LaunchPageType.Zero));
    }

    private static IEnumerable<string> Broken(RmpChecker checker) => checker.Breaches.Select(breach => breach.Invariant.Name).Distinct();
}
