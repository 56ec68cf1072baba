using Xunit;

namespace GuestMemory.Rmp.Tests.Invariants;

/// <summary>What host and guest keep by themselves: recorded by default, thrown when asked. Source: sev-snp, section 8, INV-SNP-13 to 15, 17, 18, 23.</summary>
public sealed class PolicyInvariantTests
{
    private static readonly PfnRange s_h = new(SnpWorld.H(), 512);

    // INV-SNP-13: only writable, only large, only mixed.
    [Fact]
    public void A_writable_large_host_mapping_over_a_mixed_block_is_found()
    {
        Assert.Equal(["INV-SNP-13", "INV-SNP-14"], Broken(new FakeHost(new(s_h, PageSize.Size2M, IsWritable: true)), whole: false));
        Assert.Equal(["INV-SNP-13", "INV-SNP-14"], Broken(new FakeHost(new(new(SnpWorld.H(), 1 << 18), PageSize.Size1G, IsWritable: true)), whole: false));
        Assert.Equal(["INV-SNP-14"], Broken(new FakeHost(new(s_h, PageSize.Size2M, IsWritable: false)), whole: false));
        Assert.Equal(["INV-SNP-14"], Broken(new FakeHost(new(s_h, PageSize.Size4K, IsWritable: true)), whole: false));
        Assert.Equal(["INV-SNP-14"], Broken(new FakeHost(new(s_h, PageSize.Size2M, IsWritable: true)), whole: true));
    }

    // INV-SNP-14: one page beside the assigned one is no breach.
    [Fact]
    public void A_host_mapping_of_unassigned_pages_is_no_breach()
    {
        Assert.Empty(Broken(new FakeHost(new(new(SnpWorld.H(), 5), PageSize.Size4K, IsWritable: true)), whole: false));
        Assert.Empty(Broken(new FakeHost(new(new(SnpWorld.H(6), 100), PageSize.Size4K, IsWritable: true)), whole: false));
        Assert.Equal(["INV-SNP-14"], Broken(new FakeHost(new(new(SnpWorld.H(5), 1), PageSize.Size4K, IsWritable: false)), whole: false));
    }

    // INV-SNP-15, as rules have it: a wrong leaf lets nothing through, so it is no breach.
    [Fact]
    public void A_wrong_nested_mapping_that_faults_is_no_breach()
    {
        Assert.All(WrongLeaves, leaf => Assert.Empty(Broken(leaf, RuleSwitches.AllOn)));
    }

    [Fact]
    public void A_wrong_nested_mapping_that_lets_an_access_through_is_found()
    {
        string[] rules = ["ACCESS/private/guest-owned", "ACCESS/private/reverse-map", "ACCESS/private/page-size"];
        Assert.All(rules.Zip(WrongLeaves), pair => Assert.Equal(["INV-SNP-15"], Broken(pair.Second, RuleSwitches.AllOn.Without(pair.First))));
    }

    // sev-snp scenario 14: the naive guest accepts a second page at one address; then what it reads depends on the host.
    [Fact]
    public void A_guest_that_validates_twice_breaks_17_and_then_reads_what_it_did_not_write_last()
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Record);
        DoubleValidate(world.World);
        Assert.Equal(["INV-SNP-17"], world.Broken);

        Assert.True(world.World.GuestRead(SnpWorld.G(5), SnpWorld.H(5), out var value).IsAllowed);

        Assert.Equal(7UL, value);
        Assert.Equal(["INV-SNP-17", "INV-SNP-18"], world.Broken);
    }

    [Fact]
    public void A_policy_throws_only_when_asked_and_18_only_while_17_holds()
    {
        var lenient = new CheckedWorld();
        DoubleValidate(lenient.World);
        Assert.NotNull(RmpInvariants.FindBreach(lenient.Platform));

        var strict = new CheckedWorld(options: RmpCheckerOptions.Strict);
        Assert.Equal("INV-SNP-17", Assert.Throws<ModelInvariantException>(() => DoubleValidate(strict.World)).Invariant);

        var late = new CheckedWorld(options: new() { IsAsserted = static invariant => invariant.Name == "INV-SNP-18" });
        DoubleValidate(late.World);
        late.World.GuestRead(SnpWorld.G(5), SnpWorld.H(5), out _);
        Assert.True(late.Checker.WasBroken("INV-SNP-18"));
    }

    // INV-SNP-18 by itself: no rule lets bytes under a guest's page change; here memory does it.
    [Fact]
    public void A_read_that_is_not_the_last_write_throws_while_17_holds()
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Strict with { OwnsMemory = false });
        world.World.Give(SnpWorld.H(5), SnpWorld.G(5));
        world.World.GuestWrite(SnpWorld.G(5), SnpWorld.H(5), 7);
        world.World.GuestRead(SnpWorld.G(5), SnpWorld.H(5), out _);
        world.Platform.Contents.Write(SnpWorld.H(5).Address, 8, 7);

        Assert.Equal("INV-SNP-18", Assert.Throws<ModelInvariantException>(() => world.World.GuestRead(SnpWorld.G(5), SnpWorld.H(5), out _)).Invariant);
    }

    // INV-SNP-17 is about one guest: two may use the same address.
    [Fact]
    public void Two_guests_may_validate_the_same_address()
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Strict);
        world.World.Give(SnpWorld.H(5), SnpWorld.G(5));
        Assert.True(world.World.Assign(SnpWorld.Y(5), SnpWorld.G(5), asid: SnpWorld.B).IsSuccess);
        Assert.True(world.World.Validate(SnpWorld.G(5), SnpWorld.Y(5), cpu: CpuState.Guest(SnpWorld.B)).IsChanged);

        world.IsSound();
    }

    // INV-SNP-17 for large pages: the address lies inside.
    [Fact]
    public void A_small_page_validated_inside_a_large_ones_addresses_is_found()
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Record);
        world.World.GiveLarge(SnpWorld.H(), SnpWorld.G());
        world.World.Give(SnpWorld.Y(5), SnpWorld.G(5));

        Assert.Equal(["INV-SNP-17"], world.Broken);
    }

    // sev-snp scenario 54: a page that could not be taken back is not handed out again. INV-SNP-23.
    [Fact]
    public void A_page_of_the_firmwares_on_the_free_list_is_found()
    {
        Assert.Equal(["INV-SNP-23"], BrokenWhenFree(static world => world.ToFirmware(SnpWorld.H(5))));
        Assert.Equal(["INV-SNP-23"], BrokenWhenFree(static world => world.Platform.RmpUpdate(new(SnpWorld.H(5).Address, Assigned: true))));
        Assert.Empty(BrokenWhenFree(static world => world.Share(SnpWorld.H(5))));
        Assert.Empty(BrokenWhenFree(static world => world.ToFirmware(SnpWorld.H(6))));
    }

    private static NestedMapping[] WrongLeaves =>
    [
        new(SnpWorld.B, new(SnpWorld.G(5).Frame.Value), SnpWorld.H(5), PageSize.Size4K, IsPrivate: true),
        new(SnpWorld.A, new(SnpWorld.G(6).Frame.Value), SnpWorld.H(5), PageSize.Size4K, IsPrivate: true),
        new(SnpWorld.A, new(SnpWorld.G().Frame.Value), SnpWorld.H(), PageSize.Size2M, IsPrivate: true),
    ];

    private static void DoubleValidate(SnpWorld world)
    {
        world.Give(SnpWorld.H(5), SnpWorld.G(5));
        world.GuestWrite(SnpWorld.G(5), SnpWorld.H(5), 7);
        world.Give(SnpWorld.Y(5), SnpWorld.G(5));
        world.GuestWrite(SnpWorld.G(5), SnpWorld.Y(5), 1);
    }

    private static IEnumerable<string> Broken(FakeHost host, bool whole)
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Record with { Views = new() { Host = host } });
        if (whole)
        {
            world.World.GiveLarge(SnpWorld.H(), SnpWorld.G());
        }
        else
        {
            world.World.Give(SnpWorld.H(5), SnpWorld.G(5));
        }

        Assert.Equal(world.Broken, RmpInvariants.FindBreaches(world.Platform, new() { Host = host }).Select(breach => breach.Invariant.Name));
        return world.Broken;
    }

    private static IEnumerable<string> Broken(NestedMapping leaf, RuleSwitches rules)
    {
        var views = new RmpViews { Nested = new FakeNested(leaf) };
        var world = new CheckedWorld(rules: rules, options: RmpCheckerOptions.Record with { Views = views });
        world.World.Give(SnpWorld.H(5), SnpWorld.G(5));

        Assert.Equal(world.Broken, RmpInvariants.FindBreaches(world.Platform, views).Select(breach => breach.Invariant.Name));
        return world.Broken;
    }

    private static IEnumerable<string> BrokenWhenFree(Func<SnpWorld, InstructionResult> step)
    {
        var world = new CheckedWorld(options: RmpCheckerOptions.Record with { Views = new() { IsFree = frame => frame == SnpWorld.H(5) } });
        Assert.True(step(world.World).IsSuccess);
        return world.Broken;
    }

    private sealed class FakeHost(HostMapping mapping) : IHostMappingView
    {
        public IEnumerable<HostMapping> Mappings => [mapping];
    }

    private sealed class FakeNested(NestedMapping mapping) : INestedMappingView
    {
        public IEnumerable<NestedMapping> Mappings => [mapping];
    }
}
