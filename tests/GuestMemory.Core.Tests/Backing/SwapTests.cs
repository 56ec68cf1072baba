using Xunit;

namespace GuestMemory.Tests;

/// <summary>Writing pages out: what stays, who must let go, and which stores refuse.</summary>
public sealed class SwapTests
{
    private const ulong Page = 0x100;

    public static TheoryData<string> Unswappable => ["guest_memfd", "restrictedmem", "hugetlb", "secretmem"];

    // systems.md 1.1: swap is refused for guest_memfd and all that replaced it; hugetlb and secretmem never swap.
    [Theory]
    [MemberData(nameof(Unswappable))]
    public void A_store_that_is_not_swappable_refuses_and_keeps_its_page(string kind)
    {
        var machine = new MachineFactory().Create();
        var store = machine.CreateStore(
            kind switch
            {
                "guest_memfd" => BackingProperties.GuestMemfd,
                "restrictedmem" => BackingProperties.Restrictedmem,
                "hugetlb" => BackingProperties.Hugetlb2M,
                _ => BackingProperties.Secretmem,
            },
            0x20_0000);
        store.Allocate(new(default, 1));
        var before = machine.Fingerprint();

        Assert.Equal(CoreRules.NotSupported, store.SwapOut(default).DecidedBy);
        Assert.Equal(before, machine.Fingerprint());
    }

    [Fact]
    public void A_page_written_out_loses_its_frame_and_comes_back_with_its_bytes()
    {
        var (machine, process, store) = Written(0x1234);
        Assert.True(store.SwapOut(default).IsSuccess);

        Assert.True(store.IsSwappedOut(default));
        Assert.Equal(1UL, machine.Frames.CountOf(FrameState.InUse));
        Assert.Empty(machine.Mappings.Runs.ToArray());
        Assert.Equal(HostFault.None, process.Load(new(Page << 12), 8, out var value));
        Assert.Equal(0x1234UL, value);
        Assert.False(store.IsSwappedOut(default));
    }

    [Fact]
    public void Another_page_in_the_old_frame_does_not_disturb_what_was_written_out()
    {
        var (machine, process, store) = Written(0x1234);
        store.SwapOut(default);
        process.Store(new((Page + 1) << 12), 8, 0x5678);

        process.Load(new(Page << 12), 8, out var value);

        Assert.Equal(0x1234UL, value);
        Assert.Equal(3UL, machine.Frames.CountOf(FrameState.InUse));
    }

    [Fact]
    public void Freeing_a_page_that_is_written_out_forgets_its_bytes()
    {
        var (_, process, store) = Written(0x1234);
        store.SwapOut(default);

        Assert.Equal(1UL, store.Punch(new(default, 1)).Info);
        process.Load(new(Page << 12), 8, out var value);
        Assert.Equal(0UL, value);
    }

    [Fact]
    public void A_store_that_a_restore_took_away_comes_again_without_what_it_had_written_out()
    {
        var machine = new MachineFactory(new MachineOptions { Frames = 64 }).Create();
        var empty = machine.WriteState().ToArray();
        var store = machine.CreateStore(BackingProperties.Anonymous, 0x4000);
        store.Allocate(new(default, 1));
        Assert.True(store.SwapOut(default).IsSuccess);
        machine.ReadState(empty);

        var again = machine.CreateStore(BackingProperties.Anonymous, 0x4000);

        Assert.Same(store, again);
        Assert.False(again.IsSwappedOut(default));
        Assert.Equal(0UL, again.Punch(new(default, 1)).Info);
    }

    [Fact]
    public void A_pinned_page_stays()
    {
        var (machine, _, store) = Written(1);
        store.TryLookUp(default, out var page);
        machine.Frames.Pin(new(page.Frame, 1), PinOwner.Vfio);

        Assert.Equal(CoreRules.Pinned, store.SwapOut(default).DecidedBy);
    }

    [Fact]
    public void What_is_written_out_is_part_of_the_state()
    {
        var (machine, _, store) = Written(0x1234);
        store.SwapOut(default);
        var other = new MachineFactory().Create();
        other.ReadState(machine.WriteState());

        Assert.Equal(machine.Fingerprint(), other.Fingerprint());
        other.Processes[0].Load(new(Page << 12), 8, out var value);
        Assert.Equal(0x1234UL, value);
    }

    private static (Machine Machine, HostAddressSpace Process, BackingStore Store) Written(ulong value)
    {
        var machine = new MachineFactory().Create();
        var process = machine.CreateProcess();
        var store = machine.CreateStore(BackingProperties.Anonymous, 0x4000);
        process.Map(new(new(Page), 4), new(store.Id, default, HostRights.Read | HostRights.Write, IsShared: false, -1, IsLocked: false));
        process.Store(new(Page << 12), 8, value);
        return (machine, process, store);
    }
}
