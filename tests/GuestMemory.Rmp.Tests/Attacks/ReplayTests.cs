using GuestMemory.Rmp.Tests.Guests;
using Xunit;
using static GuestMemory.Rmp.Tests.SnpWorld;

namespace GuestMemory.Rmp.Tests.Attacks;

public sealed class ReplayTests
{
    // Scenario 16: old ciphertext written back where it was.
    [Fact]
    public void The_host_cannot_write_old_ciphertext_back()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        var old = Ciphertext(world.World);
        Assert.Equal(default, world.Guest.Write(G(5), 8));

        var write = world.World.HostWrite(H(5), value: old[0]);
        Assert.Equal("ACCESS/host/hypervisor-owned", write.DecidedBy?.Id);
        Assert.True(write.Fault is { Kind: RmpFaultKind.PageFault } && write.Fault.Has(FaultBits.Rmp));
        Assert.Equal(GuestAnswer.Done(8), world.Guest.Read(G(5)));
    }

    // Scenario 17: the page taken, filled with old ciphertext and given back comes unvalidated.
    [Fact]
    public void A_page_taken_and_given_back_is_not_validated_any_more()
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        var old = Ciphertext(world.World);
        Assert.Equal(default, world.Guest.Write(G(5), 8));

        Assert.Equal(RmpStatus.Success, world.World.Share(H(5)).Status);
        Restore(world.World, old);
        Assert.Equal(RmpStatus.Success, world.World.Assign(H(5), G(5)).Status);
        Assert.False(world.World.Table.Raw(H(5)).Validated);
        Assert.Equal(GuestReason.AcceptedPageFaulted, world.Guest.Read(G(5)).Reason);
    }

    // The same against a guest that accepts whatever faults: the old value is back.
    [Fact]
    public void A_guest_that_accepts_it_again_reads_the_old_value()
    {
        var world = new GuestWorld(isNaive: true);
        world.GiveAccepted(H(5), G(5), 7);
        var old = Ciphertext(world.World);
        Assert.Equal(default, world.Guest.Write(G(5), 8));
        Assert.True(world.World.Share(H(5)).IsSuccess);
        Restore(world.World, old);
        Assert.True(world.World.Assign(H(5), G(5)).IsSuccess);

        Assert.Equal(GuestAnswer.Done(7), world.Guest.Read(G(5)));
    }

    // Ciphertext is bound to its place: carried to another page it is noise.
    [Fact]
    public void Ciphertext_carried_to_another_page_reads_as_noise()
    {
        var world = new GuestWorld(isNaive: true);
        world.GiveAccepted(H(5), G(5), 7);
        world.World.Platform.Contents.Copy(H(5), Y(5));
        world.Give(Y(5), G(5));

        var answer = world.Guest.Read(G(5));
        Assert.True(answer.IsDone);
        Assert.NotEqual(7UL, answer.Value);
    }

    // Scenario 55: memory of the module at level 0, rebound by the host to an address of the operating system's.
    [Theory]
    [InlineData(false, 7)]
    [InlineData(true, 0)]
    public void A_secret_stays_in_a_rebound_page_unless_it_is_cleared_before_others_get_it(bool clears, ulong seen)
    {
        var world = new GuestWorld();
        world.GiveAccepted(H(5), G(5), 7);
        var os = new NaiveGuest(world.World.Platform, A, world.Nested, new() { Vmpl = new(1) });

        world.Give(H(5), G(40));
        Assert.Equal(default, world.Guest.Accept(G(40)));
        if (clears)
        {
            Assert.Equal(default, world.Guest.Clear(G(40)));
        }

        Assert.Equal(default, world.Guest.Adjust(G(40), new(1), VmplPermissions.All));
        Assert.Equal(GuestAnswer.Done(seen), os.Read(G(40)));
        var touched = world.Guest.Read(G(5));
        Assert.Equal((GuestAnswerKind.HostFault, "ACCESS/private/reverse-map"), (touched.Kind, touched.DecidedBy?.Id));
    }

    private static ulong[] Ciphertext(SnpWorld world) => [world.Platform.Contents.Read(H(5).Address, 8), world.Platform.Contents.Read(H(5).Address + 8, 8)];

    private static void Restore(SnpWorld world, ulong[] words)
    {
        for (var word = 0; word < words.Length; word++)
        {
            var access = RmpAccess.Host(AccessKind.Write, H(5));
            Assert.True(world.Platform.Write(access, word * 8, 8, words[word]).IsAllowed);
        }
    }
}
