using Xunit;

namespace GuestMemory.Tests;

/// <summary>Ordinary pieces laid over a private slot. Source: guest-memfd-rfc, overlay slots; systems.md 1.2.</summary>
public sealed class OverlayMemslotTests
{
    private readonly OverlayWorld _world = new();

    [Fact]
    public void Without_a_piece_the_slot_is_private()
    {
        Assert.Equal(CoreRules.NoBacking, _world.Slot.Resolve(TestWorld.Gfn(0), PageKind.Shared, out _).DecidedBy);
        Assert.True(_world.Slot.Resolve(TestWorld.Gfn(3), PageKind.Private, out var location).IsSuccess);
        Assert.Equal((_world.File, new PageIndex(3)), (location.Source, location.Index));
    }

    // Look-up goes to the shared piece first; under it there is no private page to be had.
    [Fact]
    public void A_piece_hides_the_private_page_under_it()
    {
        _world.Slot.Lay(TestWorld.Gfns(2, 2), 0, TestWorld.HostBase + 2);

        Assert.Equal(CoreRules.NoBacking, _world.Slot.Resolve(TestWorld.Gfn(3), PageKind.Private, out _).DecidedBy);
        Assert.True(_world.Slot.Resolve(TestWorld.Gfn(3), PageKind.Shared, out var location).IsSuccess);
        Assert.Equal((_world.Process, new PageIndex(TestWorld.HostBase + 3)), (location.Source, location.Index));
        Assert.True(_world.Slot.Resolve(TestWorld.Gfn(4), PageKind.Private, out _).IsSuccess);

        _world.Slot.Lift(TestWorld.Gfns(3, 1));
        Assert.True(_world.Slot.Resolve(TestWorld.Gfn(3), PageKind.Private, out _).IsSuccess);
        Assert.True(_world.Slot.Resolve(TestWorld.Gfn(2), PageKind.Shared, out _).IsSuccess);
    }

    [Fact]
    public void A_piece_that_reaches_beyond_the_slot_is_refused_whole()
    {
        Assert.Equal(CoreRules.Overlap, _world.Slot.Lay(TestWorld.Gfns(15, 2), 0, TestWorld.HostBase).DecidedBy);
        Assert.Equal(CoreRules.Overlap, _world.Slot.Lay(new(new(TestWorld.Base - 1), 2), 0, TestWorld.HostBase).DecidedBy);
        Assert.Equal(CoreRules.NoBacking, _world.Slot.Resolve(TestWorld.Gfn(15), PageKind.Shared, out _).DecidedBy);

        _world.Slot.Lay(TestWorld.Gfns(15, 1), 0, TestWorld.HostBase + 15);
        Assert.Equal(CoreRules.Overlap, _world.Slot.Lift(TestWorld.Gfns(15, 2)).DecidedBy);
        Assert.True(_world.Slot.Resolve(TestWorld.Gfn(15), PageKind.Shared, out _).IsSuccess);
    }

    [Fact]
    public void A_slot_under_another_is_refused()
    {
        var again = new OverlayMemslot(_world.Machine, _world.Vm.Slots.NextHandle(), TestWorld.Gfns(8, 16), _world.File.Id, default);

        Assert.Equal(CoreRules.Overlap, _world.Vm.AddSlot(again.Handle, again).DecidedBy);
    }

    // I4: as for slots of two sides, nothing is added while an invalidation runs.
    [Fact]
    public void A_slot_is_not_added_while_an_invalidation_runs()
    {
        var far = new OverlayMemslot(_world.Machine, _world.Vm.Slots.NextHandle(), TestWorld.Gfns(64, 16), _world.File.Id, default);
        _world.Vm.BeginConversion(TestWorld.Gfns(0, 1));

        Assert.Equal(CoreRules.InvalidationOpen, _world.Vm.AddSlot(far.Handle, far).DecidedBy);
        _world.Vm.EndConversion(TestWorld.Gfns(0, 1));
        Assert.True(_world.Vm.AddSlot(far.Handle, far).IsSuccess);
    }

    [Fact]
    public void A_released_file_takes_the_private_side_though_its_number_is_used_again()
    {
        _world.Convert(0, 16, PageKind.Private);
        _world.File.Release();
        _world.Machine.OpenFile(_world.Vm.Id, _world.Store);

        Assert.True(_world.Slot.FileDetached);
        Assert.Equal(GuestAccess.Refused(FaultVerdict.NoPage, CoreStatus.FileGone), _world.Touch(0, null));
    }

    [Fact]
    public void The_pieces_name_the_frames_whose_addresses_change()
    {
        _world.Slot.Lay(TestWorld.Gfns(2, 4), 0, TestWorld.HostBase + 2);
        _world.Slot.Lay(TestWorld.Gfns(10, 2), 0, TestWorld.HostBase + 3);
        var found = new List<GfnRange>();

        _world.Slot.FindShared(_world.Process, TestWorld.HostPages(3, 1), found);
        _world.Slot.FindShared(_world.Machine.CreateProcess(), TestWorld.HostPages(3, 1), found);

        Assert.Equal([TestWorld.Gfns(3, 1), TestWorld.Gfns(10, 1)], found);
    }

    [Fact]
    public void A_machine_with_an_overlay_slot_is_restored_anywhere()
    {
        _world.Convert(4, 4, PageKind.Private);
        _world.Touch(2, 22);
        _world.Touch(5, 55);
        var bytes = _world.Machine.WriteState().ToArray();

        var other = new MachineFactory(null, [new TestTechnology()]).Create();
        other.ReadState(bytes);

        Assert.Equal(bytes, other.WriteState().ToArray());
        var slot = Assert.IsType<OverlayMemslot>(other.VirtualMachines[0].Slots.Find(TestWorld.Gfn(0)));
        Assert.Equal((_world.Slot.Gfns, _world.Slot.File, _world.Slot.FileStart), (slot.Gfns, slot.File, slot.FileStart));
        InvariantChecker.Sweep(other);
    }
}
