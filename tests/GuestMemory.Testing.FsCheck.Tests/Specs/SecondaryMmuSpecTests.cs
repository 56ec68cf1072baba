using GuestMemory.Testing.FsCheck.Tests.Fakes;
using Xunit;

namespace GuestMemory.Testing.FsCheck.Tests.Specs;

public sealed class SecondaryMmuSpecTests
{
    [Theory]
    [InlineData(KindFilter.Both, PageSize.Size4K)]
    [InlineData(KindFilter.Both, PageSize.Size2M)]
    [InlineData(KindFilter.Private, PageSize.Size2M)]
    [InlineData(KindFilter.Shared, PageSize.Size4K)]
    public void The_nested_page_table_agrees(KindFilter kinds, PageSize largest) => SecondaryMmuSpec.HoldsFor(vm => vm.CreateNestedPageTable(), kinds, largest);

    [Fact]
    public void A_tree_with_nothing_broken_agrees() => SecondaryMmuSpec.HoldsFor(vm => new BrokenTree(vm), largest: PageSize.Size2M);

    // The invalidation ran between sample and map: the race that let a freed page stay mapped.
    [Fact]
    public void A_tree_that_ignores_the_sample_is_caught_in_three_commands()
    {
        var thrown = Fails(vm => new BrokenTree(vm) { IgnoresSample = true });

        Assert.Equal(["Begin gfns=0+1", "End", "MapLate gfn=0 frame=0 leaves=1 size=Size4K kind=Shared"], thrown.Commands);
        Assert.Equal("the answer is Done; it should be Retry", thrown.Difference);
    }

    [Fact]
    public void A_tree_whose_flush_leaves_the_cache_is_caught_in_four_commands()
    {
        var thrown = Fails(vm => new BrokenTree(vm) { KeepsCache = true });

        Assert.Equal(4, thrown.Commands.Count);
        Assert.Contains("a vCPU still uses gfn 0", thrown.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_that_unmaps_one_frame_less_is_caught_in_two_commands() =>
        Assert.Equal(
            ["Map gfn=1 frame=0 leaves=1 size=Size4K kind=Shared", "Unmap gfns=0+2 kinds=Both"], Fails(vm => new BrokenTree(vm) { UnmapsOneLess = true }).Commands);

    [Fact]
    public void A_tree_that_does_not_merge_is_caught_with_large_leaves_only()
    {
        var thrown = Assert.Throws<ModelSpecException>(() => SecondaryMmuSpec.HoldsFor(vm => new BrokenTree(vm) { ForgetsSize = true }, largest: PageSize.Size2M));

        Assert.Equal(["Merge gfn=0"], thrown.Commands);
    }

    [Fact]
    public void Neither_no_kind_nor_leaves_of_1G_can_be_asked_for()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SecondaryMmuSpec.HoldsFor(vm => vm.CreateNestedPageTable(), KindFilter.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => SecondaryMmuSpec.HoldsFor(vm => vm.CreateNestedPageTable(), largest: PageSize.Size1G));
    }

    private static ModelSpecException Fails(Func<VirtualMachine, ISecondaryMmu> create) => Assert.Throws<ModelSpecException>(() => SecondaryMmuSpec.HoldsFor(create));
}
