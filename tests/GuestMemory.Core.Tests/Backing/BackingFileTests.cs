using Xunit;

namespace GuestMemory.Tests;

public sealed class BackingFileTests
{
    private readonly TestWorld _world = TestWorld.Create();

    // I6: at most one binding per page of a file.
    [Fact]
    public void A_page_is_bound_once_per_view()
    {
        Assert.Equal(CoreRules.Overlap, _world.File.Bind(new(9), new(15), new(new(7), 2)).DecidedBy);
        Assert.True(_world.File.Bind(new(9), new(16), new(new(7), 2)).IsSuccess);
        Assert.Equal(2, _world.File.Bindings.Length);

        _world.File.Unbind(new(16), 2);
        Assert.Equal(1, _world.File.Bindings.Length);
    }

    [Fact]
    public void A_file_gives_pages_only_to_the_slot_bound_there()
    {
        Assert.True(_world.File.GetPage(new(new(0), _world.Slot.Handle, Write: true), out var page).IsSuccess);
        Assert.True(page.Cleared);
        Assert.Equal(CoreRules.BindingMismatch, _world.File.GetPage(new(new(0), new(5), Write: true), out _).DecidedBy);
        Assert.Equal(CoreRules.BindingMismatch, _world.File.GetPage(new(new(16), _world.Slot.Handle, Write: true), out _).DecidedBy);
    }

    // I4: bindings cannot change while an invalidation over their pages is open.
    [Fact]
    public void Bindings_do_not_change_under_an_open_invalidation()
    {
        var scope = _world.Store.BeginInvalidate(TestWorld.Pages(3, 1), KindFilter.Both);

        Assert.Equal(CoreRules.InvalidationOpen, _world.File.Unbind(default, 16).DecidedBy);
        Assert.Equal(CoreRules.InvalidationOpen, _world.Vm.RemoveSlot(_world.Slot).DecidedBy);
        Assert.Equal(CoreRules.InvalidationOpen, _world.Vm.MoveSlot(_world.Slot, TestWorld.Gfns(100, 16)).DecidedBy);
        Assert.Equal(CoreRules.InvalidationOpen, AddAnother(out _).DecidedBy);
        var second = _world.Machine.OpenFile(_world.Vm.Id, _world.Store);
        Assert.Equal(CoreRules.InvalidationOpen, second.Bind(new(7), new(2), new(new(7), 4)).DecidedBy);
        Assert.True(second.Bind(new(7), new(4), new(new(7), 4)).IsSuccess);

        _world.Store.EndInvalidate(scope);
        Assert.Equal(0, _world.Vm.Sequence.InProgress);
        Assert.True(AddAnother(out _).IsSuccess);
        Assert.True(_world.Vm.RemoveSlot(_world.Slot).IsSuccess);
    }

    [Fact]
    public void An_invalidation_of_unbound_pages_begins_nothing_on_the_VM()
    {
        _world.Machine.GrowStore(_world.Store, 32 * 4096);

        var scope = _world.Store.BeginInvalidate(TestWorld.Pages(16, 4), KindFilter.Both);

        Assert.Equal(0, _world.Vm.Sequence.InProgress);
        _world.Store.EndInvalidate(scope);
    }

    // systems.md 1.1: the inode's storage is apart from a VM's view; what one view's slot maps goes when the inode's page goes.
    [Fact]
    public void Two_VMs_view_one_inode_and_both_let_go_when_a_page_is_punched()
    {
        var world = TestWorld.Create(BackingProperties.MappableGuestMemfd);
        var second = SecondView(world, out var view);
        world.Write(2, 22);
        var fault = new GuestFault(second, TestWorld.Gfn(2), isWrite: false, PageKind.Shared);
        Assert.Equal(FaultVerdict.Refused, fault.Run());
        world.File.Release();
        Assert.Equal(1UL, world.Store.HeldPages);

        Assert.Equal(FileLife.Live, view.Life);
        var scope = world.Store.BeginInvalidate(TestWorld.Pages(0, 16), KindFilter.Both);
        Assert.Equal((0, 1), (world.Vm.Sequence.InProgress, second.Sequence.InProgress));
        Assert.Equal(1UL, world.Store.Free(scope).Info);
        world.Store.EndInvalidate(scope);

        fault = new(second, TestWorld.Gfn(2), isWrite: false, PageKind.Shared);
        Assert.Equal(FaultVerdict.Mapped, fault.Run());
    }

    // guest-memfd, release: slots lose their file, translations go, the memory stays with the inode.
    [Fact]
    public void Closing_a_bound_file_takes_the_private_side_and_not_the_pages()
    {
        _world.Convert(0, 16, PageKind.Private);
        _world.Write(3, 33);

        _world.File.DropLastReference();
        Assert.Equal(FileLife.Dying, _world.File.Life);
        Assert.Equal(CoreRules.FileGone, _world.File.GetPage(new(new(3), _world.Slot.Handle, Write: false), out _).DecidedBy);
        _world.File.Release();

        Assert.Equal(FileLife.Gone, _world.File.Life);
        Assert.True(_world.Slot.FileDetached);
        Assert.False(_world.Vm.Mmu.TryTranslate(TestWorld.Gfn(3), out _));
        Assert.Equal(GuestAccess.Refused(FaultVerdict.NoPage, CoreStatus.FileGone), _world.Read(3));
        Assert.Equal(1UL, _world.Store.HeldPages);
        Assert.Equal(0, _world.Vm.Sequence.InProgress);
        InvariantChecker.Sweep(_world.Machine);
    }

    [Fact]
    public void The_shared_side_outlives_the_file()
    {
        _world.Write(3, 3);

        _world.File.Release();

        Assert.Equal(GuestAccess.Done(3), _world.Read(3));
    }

    [Fact]
    public void The_number_of_a_file_that_is_gone_is_used_again()
    {
        _world.File.Release();
        var next = _world.Machine.OpenFile(_world.Vm.Id, _world.Store);

        Assert.Equal((0, FileLife.Live), (next.Id, next.Life));
        Assert.Equal(0, next.Bindings.Length);
        _world.Convert(3, 1, PageKind.Private);
        Assert.Equal(GuestAccess.Refused(FaultVerdict.NoPage, CoreStatus.FileGone), _world.Read(3));
    }

    // The unbind race of the first merged version, as steps over objects with lifetimes; the predicate names it.
    [Fact]
    public void A_binding_that_outlives_its_slot_is_found_by_the_lifetime_predicate()
    {
        _world.File.DropLastReference();
        _world.Vm.RemoveSlot(_world.Slot, unbindsDyingFile: false);

        Assert.NotNull(MachineInvariants.Lifetime.FindBreach(_world.Machine));
        Assert.Equal("lifetime", Assert.Throws<ModelInvariantException>(_world.File.Release).Invariant);
    }

    [Fact]
    public void The_hardened_unbind_leaves_nothing_behind()
    {
        _world.File.DropLastReference();
        _world.Vm.RemoveSlot(_world.Slot);

        Assert.Null(MachineInvariants.Lifetime.FindBreach(_world.Machine));
        _world.File.Release();
        Assert.Equal(FileLife.Gone, _world.File.Life);
    }

    [Fact]
    public void Only_the_kinds_an_invalidation_names_are_zapped()
    {
        _world.Convert(0, 8, PageKind.Private);
        _world.Write(3, 1);
        var scope = _world.Store.BeginInvalidate(TestWorld.Pages(0, 16), KindFilter.Shared);

        Assert.True(_world.Vm.Mmu.TryTranslate(TestWorld.Gfn(3), out _));
        _world.Store.EndInvalidate(scope);
    }

    private Outcome AddAnother(out Memslot slot) => _world.Vm.AddSlot(
        new(1, 0, TestWorld.Gfns(64, 2), MemslotFlags.None, 0, TestWorld.HostBase, -1, default, FileServesShared: false), out slot);

    private static VirtualMachine SecondView(TestWorld world, out BackingFile view)
    {
        var second = world.Machine.CreateVm(world.Vm.Technology);
        view = world.Machine.OpenFile(second.Id, world.Store);
        var layout = new MemslotLayout(0, 0, TestWorld.Gfns(0, 16), MemslotFlags.GuestMemfd, 0, TestWorld.HostBase, view.Id, default, FileServesShared: true);
        Assert.True(second.AddSlot(layout, out _).IsSuccess);
        return second;
    }
}
