using Xunit;

namespace GuestMemory.Tests;

/// <summary>What a restore leaves of things that came, went or were under way: exactly what was written.</summary>
public sealed class RestoredThingsTests
{
    private readonly TestWorld _world = TestWorld.Create(plainTable: true);

    [Fact]
    public void Things_that_are_gone_among_things_that_live_are_read_back_so()
    {
        var technology = _world.Vm.Technology;
        var second = _world.Machine.CreateVm(technology);
        var store = _world.Machine.CreateStore(BackingProperties.GuestMemfd, 4096);
        var file = _world.Machine.OpenFile(second.Id, store);
        file.Bind(new(3), default, new(new(7), 1));
        _world.File.Release();
        _world.Vm.Destroy();
        _world.Machine.DestroyStore(_world.Store);
        var bytes = _world.Machine.WriteState().ToArray();
        var other = new MachineFactory(null, [technology]).Create();

        other.ReadState(bytes);

        Assert.Equal(bytes, other.WriteState().ToArray());
        Assert.Equal((false, true), (other.VirtualMachine(new(1)).IsLive, other.VirtualMachine(new(2)).IsLive));
        Assert.Equal((FileLife.Gone, FileLife.Live), (other.File(0).Life, other.File(1).Life));
        Assert.Equal((3, 2, 2), (other.Stores.Count, other.VirtualMachines.Count, other.Files.Count));
    }

    [Fact]
    public void A_file_the_state_does_not_have_is_bound_to_nothing()
    {
        var before = _world.Machine.WriteState().ToArray();
        var file = _world.Machine.OpenFile(_world.Vm.Id, _world.Store);
        file.Bind(new(3), default, new(new(7), 4));
        _world.Store.BeginInvalidate(TestWorld.Pages(0, 1), KindFilter.Both);
        Assert.Equal((1, 1), (file.Bindings.Length, file.OpenInvalidations));

        _world.Machine.ReadState(before);

        Assert.Equal((FileLife.Gone, 0, 0), (file.Life, file.Bindings.Length, file.OpenInvalidations));
    }

    [Fact]
    public void A_released_file_is_bound_to_nothing_and_has_nothing_open()
    {
        _world.Store.BeginInvalidate(TestWorld.Pages(0, 1), KindFilter.Both);
        _world.Store.BeginInvalidate(TestWorld.Pages(1, 1), KindFilter.Both);
        Assert.Equal(2, _world.File.OpenInvalidations);

        _world.File.Release();

        Assert.Equal((0, 0, 0), (_world.File.Bindings.Length, _world.File.OpenInvalidations, _world.Vm.Sequence.InProgress));
    }

    [Fact]
    public void A_store_that_comes_again_after_a_restore_has_no_listener_and_nothing_open()
    {
        var machine = new MachineFactory().Create();
        var empty = machine.WriteState().ToArray();
        var listener = new RecordingListener();
        var store = machine.CreateStore(BackingProperties.Memfd, 0x4000);
        store.BeginInvalidate(new(default, 1), KindFilter.Both);
        store.Attach(listener);
        machine.ReadState(empty);

        Assert.Same(store, machine.CreateStore(BackingProperties.Memfd, 0x4000));

        Assert.Empty(store.OpenInvalidations);
        store.Punch(new(default, 1));
        Assert.Empty(listener.Heard);
    }

    [Fact]
    public void A_store_that_comes_again_after_it_was_destroyed_has_no_listener()
    {
        var machine = new MachineFactory().Create();
        var listener = new RecordingListener();
        var store = machine.CreateStore(BackingProperties.Memfd, 0x4000);
        store.Attach(listener);
        machine.DestroyStore(store);
        listener.Heard.Clear();

        Assert.Same(store, machine.CreateStore(BackingProperties.Memfd, 0x4000));

        store.Punch(new(default, 1));
        Assert.Empty(listener.Heard);
    }

    // The pages of a store alone are a part of the state; what was begun or written out since goes.
    [Fact]
    public void Pages_read_back_alone_take_the_place_of_all_that_was()
    {
        var store = new MachineFactory().Create().CreateStore(BackingProperties.Anonymous, 0x4000);
        store.Allocate(new(default, 2));
        var writer = new StateWriter([]);
        store.WritePages(ref writer);
        store.SwapOut(default);
        store.BeginInvalidate(new(new(1), 1), KindFilter.Both);
        var reader = new StateReader(writer.Written);

        store.ReadPages(ref reader);

        Assert.True(reader.AtEnd);
        Assert.Equal((2UL, false, 0), (store.HeldPages, store.IsSwappedOut(default), store.OpenInvalidations.Count));
    }
}
