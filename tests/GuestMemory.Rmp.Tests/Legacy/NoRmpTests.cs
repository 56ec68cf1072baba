using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Legacy;

// sev-snp 7 and snp-white-paper, table 1: what is not stopped before SNP.
public sealed class NoRmpTests
{
    [Fact]
    public void A_host_write_goes_through_and_lands_as_noise()
    {
        var world = new LegacyWorld();
        Assert.Equal(default, world.Guest.Write(G(5), 7));
        Assert.NotEqual(7UL, world.HostRead(H(5)));
        world.HostWrite(H(5), 1);

        var answer = world.Guest.Read(G(5));
        Assert.True(answer.IsDone && answer.Value is not 7 and not 1);
    }

    // Scenario 16, plain SEV.
    [Fact]
    public void Old_ciphertext_written_back_is_old_data()
    {
        var world = new LegacyWorld();
        Assert.Equal(default, world.Guest.Write(G(5), 7));
        var (low, high) = (world.HostRead(H(5)), world.Platform.Contents.Read(H(5).Address + 8, 8));
        Assert.Equal(default, world.Guest.Write(G(5), 8));

        world.HostWrite(H(5), low);
        Assert.True(world.Platform.Write(RmpAccess.Host(AccessKind.Write, H(5)), 8, 8, high).IsAllowed);
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
    }

    // Scenario 18, plain SEV, and a remap among the guest's own pages.
    [Fact]
    public void An_alias_and_a_remap_go_unseen()
    {
        var world = new LegacyWorld();
        Assert.Equal(default, world.Guest.Write(G(5), 7));
        world.Map(G(6), H(5));
        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(6)));
        Assert.Equal(default, world.Guest.Write(G(6), 9));
        Assert.Equal(GuestAnswer.Done(9), world.Guest.Read(G(5)));
    }

    // PVALIDATE in a guest without SNP answers 0 with the carry flag, and changes nothing (scenario 63).
    [Fact]
    public void Accepting_a_page_does_nothing()
    {
        var world = new LegacyWorld();
        Assert.Equal(GuestAnswer.Done(1), world.Guest.Accept(G(5)));
        Assert.DoesNotContain(world.Platform.Table.Runs(), run => run.First.Asid.IsGuest);
    }

    // apm2, table 15-39: a SEV guest beside SNP guests must not write to their pages.
    [Fact]
    public void A_plain_guest_on_an_SNP_platform_cannot_write_to_an_SNP_guests_page()
    {
        var world = new SnpWorld();
        world.Give(H(5), G(5));
        var nested = new NestedMap();
        nested.Map(G(5).Frame, new(H(5), PageSize.Size4K));
        var plain = new NaiveGuest(world.Platform, B, nested, new() { Profile = SevProfile.Sev });

        Assert.True(plain.Read(G(5)).IsDone);
        Assert.Equal("ACCESS/guest/hypervisor-owned", plain.Write(G(5), 1).DecidedBy?.Id);
    }

    [Fact]
    public void Registers_are_plain_under_SEV_noise_under_SEV_ES_and_out_of_reach_under_SNP()
    {
        var seen = new List<(string, bool ReadsRip, bool Writes, bool Sets)>();
        foreach (var profile in SevProfile.All)
        {
            var platform = profile.CreatePlatform(RmpCoverage.AtEndOf(new(default, Frames)));
            _ = platform.RmpUpdate(RmpUpdateOperands.Assign(new(H(3), PageSize.Size4K), A, new(0xffff_ffff_f000)));
            var area = new SaveArea(platform, profile, A, H(3));
            area.Save(0x1000, 1);
            Assert.Equal((0x1000UL, 1UL), area.Load());

            var reads = platform.Contents.Read(H(3).Address + SaveArea.RipOffset, 8) == 0x1000;
            var writes = platform.Write(RmpAccess.Host(AccessKind.Write, H(3)), SaveArea.RipOffset, 8, 0x6666).IsAllowed;
            Assert.Equal(writes, area.Load().Rip != 0x1000);
            seen.Add((profile.Name, reads, writes, area.Load().Rip == 0x6666));
        }

        Assert.Equal([("SEV", true, true, true), ("SEV-ES", false, true, false), ("SEV-SNP", false, false, false)], seen);
    }
}
