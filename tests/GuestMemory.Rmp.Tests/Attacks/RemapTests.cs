using GuestMemory.Rmp.Tests.Guests;
using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Attacks;

public sealed class RemapTests
{
    // Scenario 13: another page at the same guest address has to be accepted first.
    [Fact]
    public void A_remapped_page_raises_VC_and_stops_a_guest_that_tracks()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        world.Give(Y(5), G(5));

        var answer = world.Guest.Read(G(5));
        Assert.Equal((GuestAnswerKind.Stopped, GuestReason.AcceptedPageFaulted), (answer.Kind, answer.Reason));
        Assert.Equal(new RmpFault(RmpFaultKind.VmmCommunication, 0x404, G(5).Value), answer.Fault);
        Assert.Equal("ACCESS/private/validated", answer.DecidedBy?.Id);
        Assert.Equal(1, ValidatedAt(world.World, G(5)));
    }

    // Scenario 14: who accepts it again has two pages at one address, and the host chooses which one is read.
    [Fact]
    public void A_guest_that_accepts_twice_reads_old_data_without_a_fault()
    {
        var world = new GuestWorld(isNaive: true);
        world.GiveAccepted(H(5), G(5), 7);
        world.Give(Y(5), G(5));
        Assert.True(world.Guest.Write(G(5), 1).IsDone);
        Assert.Equal(2, ValidatedAt(world.World, G(5)));
        Assert.Equal(GuestAnswer.Done(1), world.Guest.Read(G(5)));

        world.Map(G(5), H(5));
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
    }

    // Scenario 15: the carry flag says that nothing changed, and the entry did not.
    [Fact]
    public void Validating_a_page_twice_reports_no_change()
    {
        var world = new SnpWorld();
        Assert.True(world.Assign(H(5), G(5)).IsSuccess);
        Assert.Equal(new PvalidateResult(RmpStatus.Success, Carry: false), world.Validate(G(5), H(5)));
        var entry = world.Table.Raw(H(5));

        var again = world.Validate(G(5), H(5));
        Assert.Equal((RmpStatus.Success, true), (again.Status, again.Carry));
        Assert.Equal(entry, world.Table.Raw(H(5)));
    }

    // Scenario 18: one page at two addresses.
    [Fact]
    public void A_page_answers_at_the_address_it_is_bound_to_and_at_no_other()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        world.Map(G(6), H(5));
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));

        var answer = world.Guest.Read(G(6));
        Assert.Equal((GuestAnswerKind.HostFault, "ACCESS/private/reverse-map"), (answer.Kind, answer.DecidedBy?.Id));
        Assert.True(answer.Fault.Has(FaultBits.Rmp) && answer.Fault.Has(FaultBits.Encrypted));
    }

    // Scenario 19: guest B's nested table leads to guest A's page.
    [Fact]
    public void Another_guests_page_is_out_of_reach()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        var nested = new NestedMap();
        nested.Map(G(5).Frame, new(H(5), PageSize.Size4K));
        var other = new NaiveGuest(world.World.Platform, B, nested);

        foreach (var answer in (GuestAnswer[])[other.Read(G(5)), other.Write(G(5), 1), other.Accept(G(5))])
        {
            Assert.Equal(GuestAnswerKind.HostFault, answer.Kind);
            Assert.True(answer.Fault.Has(FaultBits.Rmp) && answer.Fault.Has(FaultBits.Encrypted));
        }

        Assert.Equal("ACCESS/private/guest-owned", other.Read(G(5)).DecidedBy?.Id);
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
    }

    // Scenario 20: 512 pages of 4K through one mapping of 2M.
    [Fact]
    public void Small_entries_do_not_answer_through_a_large_mapping()
    {
        var world = new GuestWorld();
        for (var page = 0UL; page < 512; page++)
        {
            world.GiveAccepted(H(page), G(page), page);
        }

        world.Map(G(), H(), PageSize.Size2M);
        for (var page = 0UL; page < 512; page++)
        {
            var answer = world.Guest.Read(G(page));
            Assert.Equal((GuestAnswerKind.HostFault, "ACCESS/private/page-size"), (answer.Kind, answer.DecidedBy?.Id));
            Assert.True(answer.Fault.Has(FaultBits.Rmp));
        }
    }

    private static int ValidatedAt(SnpWorld world, Gpa gpa)
    {
        var pages = 0;
        foreach (var run in world.Table.Runs())
        {
            pages += run.First.Validated && run.First.Gpa == gpa ? 1 : 0;
        }

        return pages;
    }
}
