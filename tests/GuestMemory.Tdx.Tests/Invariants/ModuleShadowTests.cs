using Xunit;
using static GuestMemory.Tdx.Tests.Invariants.HandMade;

namespace GuestMemory.Tdx.Tests.Invariants;

public sealed class ModuleShadowTests
{
    private readonly HandMade _world = new();

    [Fact]
    public void It_is_the_module_from_the_beginning()
    {
        _world.Module.Memory.Contents.Write(Mapped.Address, 8, 5);
        var shadow = new ModuleShadow(_world.Module, keepsBytes: true);
        Assert.Equal(_world.Module.Memory.Contents.Revision, shadow.ContentsRevision);
        Assert.NotEmpty(shadow.Bytes);
        Assert.Equal(ModuleShadow.BytesOf(_world.Module), shadow.Bytes);
    }

    [Fact]
    public void Bytes_are_kept_only_when_wanted() => Assert.Empty(new ModuleShadow(_world.Module, keepsBytes: false).Bytes);

    [Fact]
    public void The_bytes_tell_of_pamt_keys_and_tds()
    {
        var before = ModuleShadow.BytesOf(_world.Module);
        _world.Module.Pamt.Write(PageSize.Size4K, Free, new(PageType.Reg, _world.Td.Tdr, 0));
        var pamt = ModuleShadow.BytesOf(_world.Module);
        Assert.NotEqual(before, pamt);
        _world.Module.Keys.MakeKey(_world.Td.Hkid);
        var keys = ModuleShadow.BytesOf(_world.Module);
        Assert.NotEqual(pamt, keys);
        _world.Td.IsDebug = true;
        Assert.NotEqual(keys, ModuleShadow.BytesOf(_world.Module));
    }

    [Fact]
    public void It_follows_a_step()
    {
        var shadow = new ModuleShadow(_world.Module, keepsBytes: false);
        _world.Module.State.Remove(_world.Other);
        var added = _world.World.AddTd(TdxWorld.SecondTdmr + 0x100000, hkid: 35);
        _world.Own(Free, PageSize.Size4K, PageType.Reg);
        shadow.Follow(new(_world.Module, _world.Call(TdxFunction.MemTrack), shadow, CheckScope.Everything));
        Assert.Equal(PageType.Reg, shadow.Pamt[PageSize.Size4K, Free].Type);
        Assert.Null(shadow.FindTd(_world.Other.Tdr));
        Assert.NotNull(shadow.FindTd(_world.Td.Tdr));
        Assert.NotNull(shadow.FindTd(added.Tdr));
    }

    [Fact]
    public void A_td_that_is_taken_apart_claims_nothing()
    {
        var shadow = new ModuleShadow(_world.Module, keepsBytes: false);
        Assert.NotEmpty(shadow.Claims.Keys);
        _world.Td.Lifecycle = TdLifecycle.Teardown;
        shadow.Follow(new(_world.Module, _world.Call(TdxFunction.MngKeyFreeid), shadow, CheckScope.Touched));
        Assert.Empty(shadow.Claims.Keys);
    }

    [Fact]
    public void A_tree_that_was_not_compared_stays_as_it_was()
    {
        var shadow = new TdShadow(_world.Td);
        _world.SetState(new(2), SeptEntryState.Blocked);
        shadow.Follow(_world.Td, withTree: false);
        Assert.Equal(SeptEntryState.Mapped, SeptTrees.Locate(shadow.Root, new(2)).Entry.State);
        shadow.Follow(_world.Td);
        Assert.Equal(SeptEntryState.Blocked, SeptTrees.Locate(shadow.Root, new(2)).Entry.State);
    }

    [Fact]
    public void An_owner_of_no_frame_any_more_is_none()
    {
        var owned = new OwnedFrames();
        var entry = new PamtEntry(PageType.Reg, _world.Td.Tdr, 0);
        owned.Count(entry, PageSize.Size2M, 1);
        Assert.Equal(512UL, owned[_world.Td.Tdr]);
        owned.Count(entry, PageSize.Size2M, -1);
        Assert.Empty(owned.Owners);
    }

    [Fact]
    public void Claims_are_kept_in_order_and_taken_back_one_by_one()
    {
        var claims = new PageClaims();
        var (page, other) = (new PageKey(Mapped, PageSize.Size4K, false), new PageKey(Free, PageSize.Size4K, false));
        var (first, second) = (new PageClaim(_world.Td.Tdr, new(1), SeptLevel.Pt), new PageClaim(_world.Td.Tdr, new(2), SeptLevel.Pt));
        claims.Add(other, first);
        claims.Add(other, second);
        claims.Add(page, first);
        claims.Add(page, second);
        Assert.Equal([first, second], claims.On(page));
        claims.Remove(other, first);
        Assert.Equal([second], claims.On(other));
        Assert.Equal([first, second], claims.On(page));
        claims.Remove(page, first);
        Assert.Equal([second], claims.On(page));
        claims.Remove(page, second);
        claims.Remove(other, second);
        Assert.Empty(claims.Keys);
    }

    [Fact]
    public void Claims_of_rows_are_taken_back_together()
    {
        var claims = PageClaims.Of(_world.Module);
        Assert.Equal(6, claims.Keys.Count());
        claims.Remove(_world.Td.Tdr, SeptTrees.Rows(SeptTrees.RootOf(_world.Td)));
        Assert.Empty(claims.Keys);
    }

    [Theory]
    [InlineData(SeptLevel.Pt, true)]
    [InlineData(SeptLevel.Pdpt, true)]
    [InlineData(SeptLevel.Pml4, false)]
    public void A_leaf_leads_to_a_page_up_to_1G(SeptLevel level, bool leads) =>
        Assert.Equal(leads, PageKey.Of(SeptEntry.Leaf(SeptEntryState.Mapped, new(0x40000), 7), level) is not null);

    [Theory]
    [InlineData(TdLifecycle.KeysConfigured, true)]
    [InlineData(TdLifecycle.Teardown, false)]
    public void A_td_taken_apart_is_not_alive(TdLifecycle lifecycle, bool isAlive) =>
        Assert.Equal(isAlive, (TdFacts.Of(_world.Td) with { Lifecycle = lifecycle }).IsAlive);

    [Theory]
    [InlineData(2, 0, 1, true)]
    [InlineData(3, 9, 9, true)]
    [InlineData(4, 0, 1, true)]
    [InlineData(4, 1, 0, false)]
    [InlineData(5, 0, 0, false)]
    [InlineData(6, 0, 0, false)]
    [InlineData((1UL << 63) + 1, 0, 0, false)]
    public void Tracking_is_done_when_no_vcpu_of_the_epoch_is_inside(ulong epoch, uint even, uint odd, bool isTracked) =>
        Assert.Equal(isTracked, (TdFacts.Of(_world.Td) with { Epoch = 5, EvenReferences = even, OddReferences = odd }).IsTracked(epoch));

    [Fact]
    public void The_first_finding_stays()
    {
        var findings = new Findings();
        Assert.False(findings.Any);
        findings.Report("here", "first");
        findings.Report("there", "second");
        Assert.True(findings.Any);
        Assert.Equal(("here", "first"), (findings.First(TdxInvariants.All[0])!.Where, findings.First(TdxInvariants.All[0])!.Text));
    }
}
