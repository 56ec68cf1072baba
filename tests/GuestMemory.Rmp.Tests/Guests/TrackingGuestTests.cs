using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Guests;

public sealed class TrackingGuestTests
{
    [Fact]
    public void It_reads_what_it_wrote_and_the_host_does_not()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);

        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
        Assert.True(world.World.HostRead(H(5), out var seen).IsAllowed);
        Assert.NotEqual(7UL, seen);
        Assert.True(world.Tracking.IsAccepted(G(5).Frame));
    }

    // snp-white-paper, pages 10 and 11: a page is never accepted twice.
    [Fact]
    public void It_declines_to_accept_a_page_twice()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        world.Give(Y(5), G(5));

        Assert.Equal(GuestAnswer.Declined(GuestReason.AlreadyAccepted), world.Guest.Accept(G(5)));
        Assert.Equal(RmpPageState.GuestInvalid, world.World.StateOf(Y(5)));
    }

    [Fact]
    public void It_declines_to_release_what_it_does_not_hold()
    {
        var world = new GuestWorld();
        world.Give(H(5), G(5));
        Assert.Equal(GuestReason.NotAccepted, world.Guest.Release(G(5)).Reason);
        Assert.Equal(GuestReason.NotAccepted, world.Tracking.Confirm(G(5)).Reason);
        Assert.Equal(GuestReason.None, world.Guest.StoppedBy);
    }

    [Fact]
    public void A_page_it_never_accepted_raises_an_exception_of_its_own()
    {
        var world = new GuestWorld();
        world.Give(H(5), G(5));

        var answer = world.Guest.Read(G(5));
        Assert.Equal(GuestAnswerKind.Exception, answer.Kind);
        Assert.Equal(new RmpFault(RmpFaultKind.VmmCommunication, 0x404, G(5).Value), answer.Fault);
        Assert.Equal(GuestReason.None, world.Guest.StoppedBy);
    }

    [Fact]
    public void Carry_where_a_change_was_due_stops_it()
    {
        var world = new GuestWorld();
        world.Give(H(5), G(5));
        Assert.True(world.World.Validate(G(5), H(5)).IsChanged);

        var answer = world.Guest.Accept(G(5));
        Assert.Equal((GuestAnswerKind.Stopped, GuestReason.UnexpectedNoChange), (answer.Kind, answer.Reason));
        Assert.Equal("PVALIDATE/unchanged", answer.DecidedBy?.Id);
    }

    // sev-snp 4.3: no carry on a page believed valid is evidence of remapping.
    [Fact]
    public void A_change_where_none_was_due_stops_it()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        Assert.Equal(GuestAnswer.Done(1), world.Tracking.Confirm(G(5)));

        world.Give(Y(5), G(5));
        Assert.Equal(GuestReason.UnexpectedChange, world.Tracking.Confirm(G(5)).Reason);
    }

    [Fact]
    public void Stopped_it_answers_so_to_everything_and_changes_nothing()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        world.Give(Y(5), G(5));
        Assert.Equal(GuestReason.AcceptedPageFaulted, world.Guest.Read(G(5)).Reason);
        var before = world.World.State();

        GuestAnswer[] answers = [world.Guest.Read(G(5)), world.Guest.Write(G(5), 1), world.Guest.Accept(G(6)), world.Guest.Release(G(5)),
            world.Tracking.Confirm(G(5)), world.Guest.Adjust(G(5), new(1), VmplPermissions.All), world.Guest.Clear(G(5))];
        Assert.All(answers, answer => Assert.Equal((GuestAnswerKind.Stopped, GuestReason.AcceptedPageFaulted), (answer.Kind, answer.Reason)));
        Assert.Equal(before, world.World.State());
    }

    // Scenario 23: 2M over 4K entries answers 6, and the guest goes page by page.
    [Fact]
    public void Accepting_2M_over_4K_entries_goes_page_by_page()
    {
        var world = new GuestWorld();
        for (var page = 0UL; page < 512; page++)
        {
            world.Give(H(page), G(page));
        }

        Assert.Equal(default, world.Guest.Accept(G(), PageSize.Size2M));
        Assert.Equal(512UL, world.Tracking.AcceptedPages);
        Assert.Equal(RmpPageState.GuestValid, world.World.StateOf(H(511)));
        Assert.Equal(default, world.Guest.Release(G(), PageSize.Size2M));
        Assert.Equal(0UL, world.Tracking.AcceptedPages);
        Assert.Equal(RmpPageState.GuestInvalid, world.World.StateOf(H(511)));
    }

    [Fact]
    public void A_step_cut_short_by_a_fault_goes_on_where_it_was()
    {
        var world = new GuestWorld();
        for (var page = 0UL; page < 512; page++)
        {
            world.Give(H(page), G(page));
        }

        world.Nested.Unmap(new(G(300).Frame, 1));
        var cut = world.Guest.Accept(G(), PageSize.Size2M);
        Assert.Equal((GuestAnswerKind.HostFault, G(300).Value), (cut.Kind, cut.Fault.Address));
        Assert.Equal(300UL, world.Tracking.AcceptedPages);

        world.Map(G(300), H(300));
        Assert.Equal(default, world.Guest.Accept(G(), PageSize.Size2M));
        Assert.Equal(512UL, world.Tracking.AcceptedPages);

        world.Nested.Unmap(new(G(300).Frame, 1));
        Assert.Equal(GuestAnswerKind.HostFault, world.Guest.Release(G(), PageSize.Size2M).Kind);
        world.Map(G(300), H(300));
        Assert.Equal(default, world.Guest.Release(G(), PageSize.Size2M));
        Assert.Equal(0UL, world.Tracking.AcceptedPages);
    }

    // Pages a launch validated are held without PVALIDATE.
    [Fact]
    public void Launched_pages_count_as_accepted()
    {
        var world = new GuestWorld();
        world.Give(H(5), G(5));
        Assert.True(world.World.Validate(G(5), H(5)).IsChanged);
        world.Tracking.AddLaunched(new(G(5).Frame, 1));
        Assert.Equal(GuestAnswer.Done(1), world.Tracking.Confirm(G(5)));
    }

    [Fact]
    public void Statuses_and_faults_of_instructions_are_answers()
    {
        var world = new GuestWorld();
        world.Give(H(5), G(5));
        var misaligned = world.Guest.Accept(G(5), PageSize.Size2M);
        Assert.Equal((GuestReason.InstructionFailed, 1UL, "PVALIDATE/align"), (misaligned.Reason, misaligned.Value, misaligned.DecidedBy?.Id));
        Assert.Equal(GuestReason.InstructionFailed, world.Guest.Adjust(G(5), new(0), VmplPermissions.All).Reason);
        Assert.Equal(GuestAnswerKind.Exception, world.Guest.Adjust(G(5), new(1), VmplPermissions.All).Kind);
        Assert.Equal(GuestAnswerKind.HostFault, world.Guest.Accept(G(6)).Kind);
        Assert.Throws<ArgumentException>(() => world.Guest.Accept(G(), PageSize.Size1G));
    }

    // Scenario 43 from the guest's side: level 1 reads what level 0 lets it read.
    [Fact]
    public void Levels_of_one_guest_share_its_memory_as_far_as_level_0_lets_them()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        var os = new NaiveGuest(world.World.Platform, A, world.Nested, new() { Vmpl = new(1) });
        Assert.Equal("ACCESS/private/vmpl", os.Read(G(5)).DecidedBy?.Id);

        Assert.Equal(default, world.Guest.Adjust(G(5), new(1), VmplPermissions.Read));
        Assert.Equal(GuestAnswer.Done(7), os.Read(G(5)));
        Assert.True(os.Write(G(5), 1).Fault.Has(FaultBits.Vmpl));
        Assert.Equal(RmpFaultKind.GeneralProtection, os.Accept(G(5)).Fault.Kind);
    }

    [Fact]
    public void Its_state_comes_back()
    {
        var world = new GuestWorld(options: new() { CachesTranslations = true });
        world.GiveAccepted(H(5), G(5), 7);
        var state = GuestWorld.StateOf(world.Guest);
        var back = new TrackingGuest(world.World.Platform, A, world.Nested, world.Guest.Options);
        StateReader.ReadWhole(state, back);

        Assert.Equal(state, GuestWorld.StateOf(back));
        Assert.True(back.IsAccepted(G(5).Frame));
        Assert.Equal(1, back.Tlb?.Count);
    }
}
