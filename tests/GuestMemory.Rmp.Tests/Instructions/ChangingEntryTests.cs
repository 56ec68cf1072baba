using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Instructions;

/// <summary>Entries that another processor is changing at this moment.</summary>
public sealed class ChangingEntryTests
{
    private readonly SnpWorld _world = new();

    [Fact]
    public void An_entry_being_changed_is_in_use_until_the_change_ends()
    {
        _world.Platform.Holds.BeginChange(H(5));

        _world.IsRefused(RmpUpdateOperands.Assign(new(H(5), PageSize.Size4K), A, G(5)), 3, "in-use");
        _world.IsRefused(RmpUpdateOperands.Assign(new(H(), PageSize.Size2M), A, G()), 3, "in-use");
        _world.Assign(H(6), G(6)).Is(0);
        Assert.True(_world.Platform.Holds.EndChange(H(5)));
        Assert.False(_world.Platform.Holds.EndChange(H(5)));
        _world.Assign(H(5), G(5)).Is(0);
    }

    // apm3, RMPUPDATE: the overlap of a head with a neighbour's change passes by itself.
    [Fact]
    public void A_head_overlaps_while_a_page_of_its_block_is_being_changed()
    {
        _world.Platform.Holds.BeginChange(H(5));

        _world.IsRefused(RmpUpdateOperands.Assign(new(H(), PageSize.Size4K), A, G()), 4, "neighbour-changing");
        _world.Assign(H(512), G(512)).Is(0);
        Assert.True(_world.Platform.Holds.EndChange(H(5)));
        _world.Assign(H(), G()).Is(0);
    }

    [Fact]
    public void A_large_page_is_not_smashed_while_its_entry_is_being_changed()
    {
        _world.GiveLarge(H(), G());
        _world.Platform.Holds.BeginChange(H());

        _world.Unchanged(() => _world.Platform.Psmash(H(3).Address)).Is(3, "PSMASH/in-use");
        Assert.True(_world.Platform.Holds.EndChange(H()));
        _world.Platform.Psmash(H(3).Address).Is(0);
    }

    // apm2, 15.36.10: an access beside a change faults once and goes through when repeated.
    [Fact]
    public void An_access_beside_a_change_faults_and_goes_through_when_repeated()
    {
        _world.Give(H(5), G(5));
        _world.Platform.Holds.BeginChange(H(5));
        _world.Platform.Holds.BeginChange(H(6));

        Assert.Equal("ACCESS/private/changing", _world.GuestRead(G(5), H(5), out _).DecidedBy?.Id);
        Assert.Equal("ACCESS/host/changing", _world.HostWrite(H(6)).DecidedBy?.Id);
        Assert.True(_world.HostRead(H(6), out _).IsAllowed);
        Assert.True(_world.HostWrite(H(7)).IsAllowed);

        _world.Platform.Holds.EndChange(H(5));
        _world.Platform.Holds.EndChange(H(6));
        Assert.True(_world.GuestRead(G(5), H(5), out _).IsAllowed);
        Assert.True(_world.HostWrite(H(6)).IsAllowed);
    }

    // Two processors at one entry: the first end leaves the other's hold.
    [Fact]
    public void Holds_are_counted_sorted_and_part_of_the_state()
    {
        var holds = _world.Platform.Holds;
        holds.BeginChange(H(7));
        holds.BeginChange(H(5));
        holds.BeginChange(H(7));

        Assert.Equal([H(5), H(7), H(7)], holds.Changing);
        var again = new SnpWorld();
        var writer = new StateWriter([]);
        _world.Platform.WriteState(ref writer);
        StateReader.ReadWhole(writer.Written, again.Platform);
        Assert.Equal(holds.Changing, again.Platform.Holds.Changing);
        Assert.Equal(_world.State(), again.State());

        holds.EndChange(H(7));
        Assert.True(holds.AnyChanging(new(H(7), 1)));
        Assert.False(holds.AnyChanging(new(H(6), 1)));
        Assert.False(holds.AnyInUse(new(H(7), 1)));
    }
}
