using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Guests;

public sealed class PscOrderTests
{
    private static PscBuffer ToShared => PscBuffer.Of(PscEntry.Of(PscOperation.Shared, G(5).Frame));

    private static PscBuffer ToPrivate => PscBuffer.Of(PscEntry.Of(PscOperation.Private, G(5).Frame));

    // sev-snp 6.3: PVALIDATE(0), then the host; the host, then PVALIDATE(1).
    [Fact]
    public void In_the_right_order_a_page_goes_shared_and_comes_back()
    {
        var world = new GuestWorld();
        var host = new PscHost(world);
        world.GiveAccepted(H(5), G(5), 7);

        Assert.Equal(default, world.Guest.Release(G(5)));
        Assert.Equal(PscResult.Done, host.Serve(ToShared));
        Assert.Equal(default, world.Guest.Write(G(5), 9, encrypted: false));
        Assert.True(world.World.HostRead(H(5), out var seen).IsAllowed);
        Assert.Equal(9UL, seen);

        Assert.Equal(PscResult.Done, host.Serve(ToPrivate));
        Assert.Equal(default, world.Guest.Accept(G(5)));
        Assert.Equal(default, world.Guest.Write(G(5), 8));
        Assert.Equal(GuestAnswer.Done(8), world.Guest.Read(G(5)));
    }

    // To shared, the host first: the entry is gone when the guest comes to release it.
    [Fact]
    public void A_page_shared_before_it_is_released_faults_at_its_release()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        Assert.Equal(PscResult.Done, new PscHost(world).Serve(ToShared));

        var answer = world.Guest.Release(G(5));
        Assert.Equal((GuestAnswerKind.HostFault, "PVALIDATE/assigned"), (answer.Kind, answer.DecidedBy?.Id));
        Assert.True(answer.Fault.Has(FaultBits.Rmp));
    }

    // To private, the guest first: nothing is assigned yet.
    [Fact]
    public void A_page_accepted_before_it_is_private_faults_at_its_acceptance()
    {
        var world = new GuestWorld();
        world.Map(G(5), H(5));
        var answer = world.Guest.Accept(G(5));
        Assert.Equal((GuestAnswerKind.HostFault, "PVALIDATE/assigned"), (answer.Kind, answer.DecidedBy?.Id));

        Assert.Equal(PscResult.Done, new PscHost(world).Serve(ToPrivate));
        Assert.Equal(default, world.Guest.Accept(G(5)));
    }

    // A page asked to be private and touched before it is accepted raises #VC.
    [Fact]
    public void A_private_page_touched_before_its_acceptance_raises_VC()
    {
        var world = new GuestWorld();
        Assert.Equal(PscResult.Done, new PscHost(world).Serve(ToPrivate));
        Assert.True(world.Guest.Read(G(5)).IsNotValidated);
    }

    // Scenario 76: private for a page that is private already. A host may let it pass or say so.
    [Fact]
    public void Private_for_a_private_page_succeeds_or_is_named()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        Assert.Equal(0UL, new PscHost(world).Serve(ToPrivate));
        Assert.Equal(0x3_0000_0001UL, new PscHost(world, isStrict: true).Serve(ToPrivate));
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
    }

    // Scenario 76: 4K private inside a live 2M page. A host smashes it or says so.
    [Fact]
    public void Small_and_private_inside_a_large_page_is_repaired_or_named()
    {
        var world = new GuestWorld();
        world.Give(H(), G(), PageSize.Size2M);
        Assert.Equal(default, world.Guest.Accept(G(), PageSize.Size2M));
        Assert.Equal(default, world.Guest.Write(G(5), 7));

        Assert.Equal(0x3_0000_0002UL, new PscHost(world, isStrict: true).Serve(ToPrivate));
        Assert.True(world.World.Table.IsInLargePage(H(5)));
        Assert.Equal(0UL, new PscHost(world).Serve(ToPrivate));
        Assert.Equal(PageSize.Size4K, world.World.Table.Raw(H(5)).Size);
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
    }
}
