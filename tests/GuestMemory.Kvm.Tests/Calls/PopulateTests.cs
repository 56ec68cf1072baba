using Xunit;

namespace GuestMemory.Kvm.Tests.Calls;

/// <summary>Filling private pages before launch, as every confidential technology does through its commands.</summary>
/// <remarks>Source: guest-memfd, populate. Not recorded.</remarks>
public sealed class PopulateTests
{
    private static readonly Gfn s_start = new(World.At >> 12);

    [Fact]
    public void Populating_fills_private_pages_once()
    {
        var world = Private();

        var first = world.Guest.Populate(new(s_start, 4), new byte[4 * 4096], new Filler(), out var done);
        var second = world.Guest.Populate(new(s_start, 4), [], new Filler(), out var again);

        Assert.True(first.IsSuccess);
        Assert.Equal((4UL, 0UL), (done, again));
        Assert.Equal(CoreRules.AlreadyPopulated, second.DecidedBy);
        Assert.Empty(world.Broken());
    }

    [Fact]
    public void A_shared_page_anywhere_in_the_range_refuses_it_whole()
    {
        var world = Private();
        world.Convert(World.At + (3 * World.Page), World.Page, isPrivate: false);
        var before = world.Kvm.Fingerprint();

        var outcome = world.Guest.Populate(new(s_start, 4), [], new Filler(), out var done);

        Assert.Equal((CoreRules.WrongKind, 0UL), (outcome.DecidedBy, done));
        Assert.Equal(before, world.Kvm.Fingerprint());
    }

    // VirtualMachine.PopulatePartialEffect: the pages done before the refused one stay, and nothing of that one.
    [Fact]
    public void A_page_that_was_used_stops_the_filling_after_the_pages_before_it()
    {
        var (partial, whole) = (Private(), Private());
        partial.Store(World.At + (2 * World.Page), 1);
        whole.Store(World.At + (2 * World.Page), 1);

        var outcome = partial.Guest.Populate(new(s_start, 4), [], new Filler(), out var done);
        whole.Guest.Populate(new(s_start, 2), [], new Filler(), out _);

        Assert.True(outcome.IsSuccess);
        Assert.Equal(2UL, done);
        Assert.Equal(whole.Kvm.Fingerprint(), partial.Kvm.Fingerprint());
        Assert.Equal("the pages done before it", VirtualMachine.PopulatePartialEffect.Stays);
    }

    private static World Private()
    {
        var world = new World();
        world.FileSlot();
        world.Convert(World.At, World.SlotSize);
        return world;
    }

    private sealed class Filler : IPopulateFiller
    {
        public Outcome Fill(VirtualMachine vm, Gfn gfn, Pfn frame, ReadOnlySpan<byte> bytes) =>
            vm.Machine.Ownership.Prepare(new(new(frame, 1), vm.Id, gfn, PageKind.Private));
    }
}
