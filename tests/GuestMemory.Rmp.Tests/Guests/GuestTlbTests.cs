using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Guests;

public sealed class GuestTlbTests
{
    private static readonly GuestOptions s_caching = new() { CachesTranslations = true };

    // Scenario 64; apm3, PVALIDATE invalidates nothing.
    [Fact]
    public void A_remembered_translation_outlives_PVALIDATE_until_a_flush()
    {
        var world = new GuestWorld(options: s_caching);
        world.GiveAccepted(H(5), G(5), 7);
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));

        Assert.Equal(default, world.Guest.Release(G(5)));
        Assert.Equal(RmpPageState.GuestInvalid, world.World.StateOf(H(5)));
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));

        world.Guest.Tlb?.Flush();
        Assert.Equal(new RmpFault(RmpFaultKind.VmmCommunication, 0x404, G(5).Value), world.Guest.Read(G(5)).Fault);
    }

    // apm3, RMPADJUST invalidates nothing either.
    [Fact]
    public void A_remembered_translation_outlives_RMPADJUST()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        var os = new NaiveGuest(world.World.Platform, A, world.Nested, s_caching with { Vmpl = new(1) });
        Assert.Equal(default, world.Guest.Adjust(G(5), new(1), VmplPermissions.Read));
        Assert.Equal(GuestAnswer.Done(7), os.Read(G(5)));

        Assert.Equal(default, world.Guest.Adjust(G(5), new(1), VmplPermissions.None));
        Assert.Equal(GuestAnswer.Done(7), os.Read(G(5)));
        os.Tlb?.Flush();
        Assert.Equal("ACCESS/private/vmpl", os.Read(G(5)).DecidedBy?.Id);
    }

    // apm3, RMPUPDATE invalidates the page's translations in the whole system.
    [Fact]
    public void RMPUPDATE_ends_what_is_remembered_of_its_page_and_no_other()
    {
        var world = new GuestWorld(isNaive: true, s_caching);
        world.GiveAccepted(H(5), G(5), 7);
        world.GiveAccepted(H(6), G(6), 8);
        Assert.Equal(2, world.Guest.Tlb?.Count);

        Assert.True(world.World.Share(H(5)).IsSuccess);
        Assert.Equal(1, world.Guest.Tlb?.Count);
        Assert.Equal("ACCESS/private/guest-owned", world.Guest.Write(G(5), 1).DecidedBy?.Id);
        Assert.Equal(default, world.Guest.Write(G(6), 9));
    }

    // apm3, PSMASH likewise: the nested table's 2M leaf is checked again, and no longer fits.
    [Fact]
    public void PSMASH_ends_what_is_remembered_of_its_2M()
    {
        var world = new GuestWorld(options: s_caching);
        world.Give(H(), G(), PageSize.Size2M);
        Assert.Equal(default, world.Guest.Accept(G(), PageSize.Size2M));
        Assert.Equal(default, world.Guest.Write(G(9), 7));

        Assert.True(world.World.Platform.Psmash(H(200).Address).IsSuccess);
        Assert.Equal("ACCESS/private/page-size", world.Guest.Write(G(9), 8).DecidedBy?.Id);
        world.Map(G(9), H(9));
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(9)));
    }

    // A host that edits the nested table without flushing leaves the old translation in use.
    [Fact]
    public void A_change_of_the_nested_table_shows_after_a_flush_only()
    {
        var world = new GuestWorld(isNaive: true, s_caching);
        world.GiveAccepted(H(5), G(5), 7);
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
        world.Nested.Unmap(new(G(5).Frame, 1));
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
        world.Guest.Tlb?.Flush();

        var fault = world.Guest.Read(G(5)).Fault;
        Assert.Equal(RmpFaultKind.NestedPageFault, fault.Kind);
        Assert.False(fault.Has(FaultBits.Rmp) || fault.Has(FaultBits.Present));
        Assert.True(fault.Has(FaultBits.Encrypted));
    }

    // Read and write are checked apart, and so are both values of the C-bit.
    [Fact]
    public void A_remembered_read_does_not_allow_a_write()
    {
        var world = new GuestWorld(options: s_caching);
        world.GiveAccepted(H(5), G(5), 7);
        world.Guest.Tlb?.Flush();
        var os = new NaiveGuest(world.World.Platform, A, world.Nested, s_caching with { Vmpl = new(1) });
        Assert.Equal(default, world.Guest.Adjust(G(5), new(1), VmplPermissions.Read));
        Assert.Equal(GuestAnswer.Done(7), os.Read(G(5)));
        Assert.Equal("ACCESS/private/vmpl", os.Write(G(5), 1).DecidedBy?.Id);
        Assert.NotEqual(GuestAnswer.Done(7), os.Read(G(5), encrypted: false));
    }

    // The C-bit decides which check a write meets, so a write remembered with it says nothing of one without.
    [Fact]
    public void A_remembered_private_write_does_not_allow_a_plain_one()
    {
        var world = new GuestWorld(options: s_caching);
        world.GiveAccepted(H(5), G(5), 7);
        Assert.Equal(default, world.Guest.Write(G(5), 8));

        Assert.Equal("ACCESS/shared/hypervisor-owned", world.Guest.Write(G(5), 9, encrypted: false).DecidedBy?.Id);
        Assert.Equal(GuestAnswer.Done(8), world.Guest.Read(G(5)));
    }
}
