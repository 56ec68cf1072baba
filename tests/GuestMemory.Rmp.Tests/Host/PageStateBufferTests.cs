using GuestMemory.Kvm;
using Xunit;

namespace GuestMemory.Rmp.Tests.Host;

/// <summary>Where a page state change's buffer lies, and whose the page is by the time KVM writes to it.</summary>
public sealed class PageStateBufferTests
{
    private const ulong At = KvmSnp.At;
    private const ulong Page = KvmSnp.Page;

    // ghcb 4.1.6: the buffer is shared with the host. A private page is no place for it, and the host writes none.
    [Fact]
    public void A_page_state_change_in_a_private_page_leaves_for_the_page_to_be_shared()
    {
        var world = new KvmSnp();
        world.Launch();
        world.Accept(At + Page);
        world.Store(At + Page, 0x77);
        var before = world.Kvm.WriteState().ToArray();

        var exit = world.Kvm.GuestCall(world.Vm, (uint)SnpGuestFunction.PageStateChange, [At + Page, 16, 0]);

        Assert.Equal((ExitReason.MemoryFault, At + Page, 0UL), (exit.Reason, exit.Gpa.Value, exit.Flags));
        Assert.Equal(before, world.Kvm.WriteState().ToArray());
        Assert.Equal(0x77UL, world.Load(At + Page).Value);
    }

    // linux-kvm-sev: the guest's page stays the host's to write until the call ends, whatever the VMM does with its mapping meanwhile.
    [Fact]
    public void A_page_state_change_never_writes_to_a_frame_that_went_to_somebody_else()
    {
        var world = new KvmSnp();
        world.Launch();
        var offset = world.Size - Page;
        world.Convert(At + offset, Page, isPrivate: false);
        world.Store(At + offset, 0, isPrivate: false);
        world.Store(At + offset + 8, PscEntry.Of(PscOperation.Shared, new((At + (8 * Page)) >> 12)).Value, isPrivate: false);
        Assert.Equal(ExitReason.Hypercall, world.Kvm.GuestCall(world.Vm, (uint)SnpGuestFunction.PageStateChange, [At + offset, 16, 0]).Reason);
        KvmSnp.Done(world.Kvm.Madvise(world.Memory + offset, Page, MemoryAdvice.DontNeed, out _));
        var other = KvmSnp.Done(world.Kvm.MapAnonymous(8 * Page));
        for (var page = 0UL; page < 8; page++)
        {
            Assert.Equal(HostFault.None, world.Kvm.Store(other + (page * Page), 8, 0x1111));
        }

        Assert.Equal(ExitReason.Hlt, world.Kvm.CompleteHypercall(world.Vm, 0).Reason);

        for (var page = 0UL; page < 8; page++)
        {
            world.Kvm.Load(other + (page * Page), 8, out var seen);
            Assert.Equal(0x1111UL, seen);
        }
    }

    // A machine restored between two exits goes on by the same rules, those that are off included.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_page_state_change_read_back_keeps_the_machine_s_rules(bool isRestored)
    {
        var world = new KvmSnp(rules: RuleSwitches.AllOn.Without("PSC/buffer-size"));
        world.Launch();
        var buffer = At + world.Size - Page;
        world.Convert(buffer, Page, isPrivate: false);
        world.Store(buffer, 1UL << 16, isPrivate: false);
        world.Store(buffer + 8, PscEntry.Of(PscOperation.Shared, new((At + (8 * Page)) >> 12)).Value, isPrivate: false);
        Assert.Equal(ExitReason.Hypercall, world.Kvm.GuestCall(world.Vm, (uint)SnpGuestFunction.PageStateChange, [buffer, 16, 0]).Reason);
        if (isRestored)
        {
            world.Kvm.ReadState(world.Kvm.WriteState().ToArray());
        }

        var exit = world.Kvm.CompleteHypercall(world.Vm, 0);
        Assert.Equal((ExitReason.Hlt, PscResult.Done), (exit.Reason, exit.Value));
    }

    // The VM ends between two exits: its buffer's frame is nobody's then.
    [Fact]
    public void A_VM_that_ends_in_a_page_state_change_keeps_no_frame()
    {
        var world = new KvmSnp();
        world.Launch();
        var buffer = At + world.Size - Page;
        world.Convert(buffer, Page, isPrivate: false);
        world.Store(buffer, 0, isPrivate: false);
        world.Store(buffer + 8, PscEntry.Of(PscOperation.Shared, new((At + (8 * Page)) >> 12)).Value, isPrivate: false);
        world.Kvm.GuestCall(world.Vm, (uint)SnpGuestFunction.PageStateChange, [buffer, 16, 0]);
        Assert.Single(world.Machine.Frames.Pins.All);

        world.Kvm.Close(world.File);
        foreach (var descriptor in Enumerable.Range(0, 16).Where(number => world.Kvm.VmOf(number) is not null).ToArray())
        {
            world.Kvm.Close(descriptor);
        }

        Assert.Empty(world.Host.Guests);
        Assert.Empty(world.Machine.Frames.Pins.All);
    }
}
