using Xunit;

namespace GuestMemory.Tdx.Tests.Lifecycle;

public sealed class BuildTests
{
    // tdx-recordings, s01: CREATE to FINALIZE, one vCPU.
    [Fact]
    public void A_td_is_built_by_calls()
    {
        var world = new TdxWorld();
        var td = world.BuildTd();

        Assert.Equal((TdLifecycle.KeysConfigured, TdxOpState.Runnable, 12UL), (td.Lifecycle, td.OpState, td.ChildCount));
        Assert.Equal((1UL, 0U, 0U, 1), (td.Epoch, td.EvenReferences, td.OddReferences, td.AssociatedVcpus));
        Assert.Equal(new(PageType.Tdr, default, 0), world.Module.Pamt.LookUp(td.Tdr, out _));
        Assert.Equal(new(PageType.Tdcx, td.Tdr, 0), world.Module.Pamt.LookUp(td.Tdr + 6, out _));
        Assert.Equal(new(PageType.Tdvpr, td.Tdr, 0), world.Module.Pamt.LookUp(td.Tdr + 7, out _));
        Assert.Equal(new(PageType.Tdcx, td.Tdr, 0), world.Module.Pamt.LookUp(td.Tdr + 12, out _));
        Assert.Equal((td.ControlPages[3], SeptLevel.Pml4), (td.Sept!.Root, td.Sept.RootLevel));
    }

    // tdx-recordings, s01 (GPAW 0, four levels), s35 (what MNG.INIT refuses).
    [Theory]
    [InlineData(false, SeptLevel.Pml4, 0UL)]
    [InlineData(false, SeptLevel.Pml5, 0UL)]
    [InlineData(true, SeptLevel.Pml5, 0UL)]
    [InlineData(true, SeptLevel.Pml4, 0xc000010000000043UL)]
    [InlineData(false, SeptLevel.Pdpt, 0xc000010000000043UL)]
    public void The_tree_must_reach_the_addresses(bool isWide, SeptLevel rootLevel, ulong status)
    {
        var world = new TdxWorld();
        var td = world.BuildTd(vcpus: 0, finalize: false);
        var other = TdxWorld.FirstTdmr + 0x10_0000;
        world.Expect(TdxFunction.MngCreate, other, 34);
        world.Expect(TdxFunction.MngKeyConfig, other);
        for (var page = 1UL; page <= Td.FewestControlPages; page++)
        {
            world.Expect(TdxFunction.MngAddcx, other + (page * 4096), other);
        }

        Assert.Equal(status, world.Init(other, TdParameters.Of(isWide, rootLevel)).Status.Value);
        Assert.Equal(TdxOpState.Initialized, td.OpState);
    }

    // tdx-module, tdh_vp_create.c to tdh_vp_init.c: vCPUs are known by their root pages, in the order of these.
    [Fact]
    public void Vcpus_are_found_by_their_root_pages()
    {
        var world = new TdxWorld();
        var td = world.BuildTd(vcpus: 3);

        Assert.Equal(3, td.InitializedVcpus);
        Assert.Equal(2, world.Module.FindVcpu(new Spa(TdxWorld.Vcpu(2)).Frame)!.Processor);
        Assert.Null(world.Module.FindVcpu(td.Tdr));
        Assert.Equal([0, 1, 2], td.Vcpus.Select(vcpu => vcpu.Processor!.Value));
    }

    // Architecture: the state goes to bytes and back.
    [Fact]
    public void A_built_td_comes_back_from_its_bytes()
    {
        var world = new TdxWorld();
        world.BuildTd(vcpus: 2);
        world.Expect(TdxFunction.VpEnter, TdxWorld.Vcpu(1), processor: 1);
        var bytes = world.State();
        var other = new TdxWorld();
        var reader = new StateReader(bytes);
        other.Module.ReadState(ref reader);

        Assert.Equal(bytes, other.State());
        Assert.Equal(2, other.Module.Tds[0].AssociatedVcpus);
    }
}
