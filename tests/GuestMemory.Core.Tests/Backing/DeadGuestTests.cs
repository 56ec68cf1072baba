using Xunit;

namespace GuestMemory.Tests;

/// <summary>A guest whose tree could not let go keeps its pages for good: they leave the store, and their frames are leaked.</summary>
public sealed class DeadGuestTests
{
    private readonly TestWorld _world = TestWorld.Create();
    private readonly Pfn[] _mapped;

    public DeadGuestTests()
    {
        _world.Convert(0, 16, PageKind.Private);
        _world.Store.Allocate(TestWorld.Pages(0, 8));
        _world.Write(3, 1);
        _world.Write(4, 1);
        _mapped = [_world.FrameOf(3), _world.FrameOf(4)];
    }

    [Fact]
    public void Removing_its_slot_loses_what_it_maps_and_nothing_else()
    {
        _world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Failed);

        Assert.True(_world.Vm.RemoveSlot(_world.Slot).IsSuccess);

        AssertLost(held: 6);
        Assert.Equal([0UL, 1, 2, 5, 6, 7], HeldPages());
    }

    [Fact]
    public void Releasing_its_file_loses_what_it_maps_and_nothing_else()
    {
        _world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Failed);

        _world.File.Release();

        AssertLost(held: 6);
    }

    [Fact]
    public void Destroying_the_store_loses_what_it_maps_and_gives_the_rest_back()
    {
        _world.Vm.Kill();

        _world.Machine.DestroyStore(_world.Store);

        AssertLost(held: 0);
        Assert.Equal(1UL, _world.Machine.Frames.CountOf(FrameState.InUse));
    }

    [Fact]
    public void A_page_it_maps_twice_is_lost_once()
    {
        var view = _world.Machine.OpenFile(_world.Vm.Id, _world.Store);
        var layout = new MemslotLayout(1, 0, TestWorld.Gfns(64, 16), MemslotFlags.GuestMemfd, 0, TestWorld.HostBase, view.Id, default, FileServesShared: false);
        Assert.True(_world.Vm.AddSlot(layout, out _).IsSuccess);
        _world.Vm.SetAttributes(TestWorld.Gfns(64, 16), MemoryAttributes.Private);
        Assert.Equal(FaultVerdict.Mapped, new GuestFault(_world.Vm, TestWorld.Gfn(67), isWrite: true, PageKind.Private).Run());
        Assert.Equal(2, _world.Machine.Mappings[_mapped[0]].Private);
        _world.Vm.Kill();

        _world.Machine.DestroyStore(_world.Store);

        AssertLost(held: 0);
    }

    [Fact]
    public void A_guest_that_lives_loses_nothing()
    {
        Assert.True(_world.Vm.RemoveSlot(_world.Slot).IsSuccess);

        Assert.Equal((8UL, 0UL), (_world.Store.HeldPages, _world.Machine.Frames.CountOf(FrameState.Leaked)));
    }

    // What a process maps is not the guest's to lose, whatever number the process has.
    [Fact]
    public void Pages_a_process_maps_are_not_lost_with_the_guest()
    {
        var world = TestWorld.Create(BackingProperties.MappableGuestMemfd);
        world.Process.Store(TestWorld.Hva(2), 8, 1);
        world.Write(3, 1);
        world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Failed);

        world.Vm.RemoveSlot(world.Slot);

        Assert.Equal((1UL, 1UL), (world.Store.HeldPages, world.Machine.Frames.CountOf(FrameState.Leaked)));
        Assert.True(world.Store.TryLookUp(new(2), out _));
    }

    private void AssertLost(ulong held)
    {
        Assert.True(_world.Vm.IsDead);
        Assert.Equal((held, 2UL), (_world.Store.HeldPages, _world.Machine.Frames.CountOf(FrameState.Leaked)));
        Assert.All(_mapped, frame => Assert.Equal(FrameState.Leaked, _world.Machine.Frames[frame]));
    }

    private IEnumerable<ulong> HeldPages()
    {
        for (var page = 0UL; page < 16; page++)
        {
            if (_world.Store.TryLookUp(new(page), out _))
            {
                yield return page;
            }
        }
    }
}
