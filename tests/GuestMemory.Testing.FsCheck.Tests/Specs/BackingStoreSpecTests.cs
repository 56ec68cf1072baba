using GuestMemory.Testing.FsCheck.Tests.Fakes;
using Xunit;

namespace GuestMemory.Testing.FsCheck.Tests.Specs;

public sealed class BackingStoreSpecTests
{
    private static readonly BackingProperties Hugetlb2MInParts = BackingProperties.Hugetlb2M with { Divisible = true };

    public static TheoryData<BackingProperties> Kinds =>
    [
        BackingProperties.GuestMemfd, BackingProperties.MappableGuestMemfd, BackingProperties.Anonymous, BackingProperties.Memfd, BackingProperties.Restrictedmem,
        BackingProperties.Hugetlb2M, BackingProperties.Hugetlb1G, BackingProperties.Secretmem, Hugetlb2MInParts,
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_store_agrees(BackingProperties properties) =>
        BackingStoreSpec.HoldsFor((machine, pages) => machine.CreateStore(properties, pages * 4096, PageKind.Private));

    [Fact]
    public void A_store_that_gives_one_frame_twice_is_caught_in_two_commands()
    {
        var thrown = Fails(store => new BrokenStore(store) { OnGetPage = (real, index, out page) => real.GetPage(index.Value < 4 ? new(index.Value / 2) : index, out page) });

        Assert.Equal(2, thrown.Commands.Count);
        Assert.Contains("already", thrown.Difference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_miscounts_is_caught_in_two_commands()
    {
        var thrown = Fails(store => new BrokenStore(store) { OnFree = (real, scope) => real.Free(scope) with { Info = scope.Pages.Count } });

        Assert.Equal("Free invalidation=0", thrown.Commands[^1]);
        Assert.Equal(2, thrown.Commands.Count);
    }

    [Fact]
    public void A_store_that_never_says_that_it_ends_is_caught_in_two_commands() =>
        Assert.Equal(
            ["Begin units=0+1 kinds=Both", "End invalidation=0"], Fails(store => new BrokenStore(store) { ForgetsEnd = true }).Commands);

    [Fact]
    public void A_store_that_does_not_ask_who_maps_is_caught_in_three_commands()
    {
        var thrown = Assert.Throws<ModelSpecException>(() => BackingStoreSpec.HoldsFor((machine, pages) =>
        {
            var store = machine.CreateStore(BackingProperties.GuestMemfd, pages * 4096, PageKind.Private);
            return new BrokenStore(store) { OnFree = (real, scope) => real.Free(scope with { Failed = true }) };
        }));

        Assert.Equal(3, thrown.Commands.Count);
        Assert.Contains("Leaked", thrown.Difference, StringComparison.Ordinal);
    }

    private static ModelSpecException Fails(Func<BackingStore, IBackingStore> wrong) => Assert.Throws<ModelSpecException>(
        () => BackingStoreSpec.HoldsFor((machine, pages) => wrong(machine.CreateStore(BackingProperties.GuestMemfd, pages * 4096, PageKind.Private))));
}
