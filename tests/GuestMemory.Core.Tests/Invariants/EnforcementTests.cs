using Xunit;

namespace GuestMemory.Tests;

/// <summary>Enforce refuses each step that would break unmap-before-convert, and names the mapper; Observe lets it through.</summary>
/// <remarks>Source: guest-memfd-rfc, the one rule. A map over the other kind and a free of what is mapped are tested with the tree and the store.</remarks>
public sealed class EnforcementTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Attributes_are_not_stored_over_what_is_mapped(bool inPlace)
    {
        var world = new InvariantWorld(observer: null, inPlace, Enforcement.Enforce);
        world.Touch(0);
        var before = world.Machine.Fingerprint();

        var outcome = world.Vm.StoreAttributes(new(world.GfnOf(0), 1), MemoryAttributes.Private);

        Assert.Equal(CoreRules.UnmapBeforeConvert, outcome.DecidedBy);
        Assert.Equal(new MapperId(MapperKind.NestedTable, world.Vm.Id.Value).ToInfo(), outcome.Info);
        Assert.Equal(before, world.Machine.Fingerprint());
    }

    [Fact]
    public void Attributes_are_not_stored_over_what_awaits_its_flush()
    {
        var world = new InvariantWorld(observer: null, inPlace: false, Enforcement.Enforce);
        world.Touch(0);
        world.Vm.Mmu.Unmap(new(world.GfnOf(0), 1), KindFilter.Both);

        Assert.Equal(CoreRules.UnmapBeforeConvert, world.Vm.StoreAttributes(new(world.GfnOf(0), 1), MemoryAttributes.Private).DecidedBy);
        world.Vm.Mmu.Flush(new(world.GfnOf(0), 1));
        Assert.True(world.Vm.StoreAttributes(new(world.GfnOf(0), 1), MemoryAttributes.Private).IsSuccess);
    }

    [Fact]
    public void A_process_gets_no_page_that_a_guest_maps_private_and_the_refusal_names_the_guest()
    {
        var world = new InvariantWorld(observer: null, inPlace: true, Enforcement.Enforce);
        world.Convert(0, toPrivate: true);
        Assert.Equal(FaultVerdict.Mapped, world.Touch(0));

        Assert.Equal(HostFault.NoPage, world.HostStore(0));
        var refused = world.Process.GetPage(new(new(0x100), world.Slot.Handle, Write: true), out _);
        Assert.Equal(CoreRules.UnmapBeforeConvert, refused.DecidedBy);
        Assert.Equal(new MapperId(MapperKind.NestedTable, world.Vm.Id.Value).ToInfo(), refused.Info);
        Assert.Empty(InvariantTests.Broken(world));
    }

    [Theory]
    [InlineData(PinOwner.Vfio)]
    [InlineData(PinOwner.Gup)]
    public void A_pin_that_touches_is_refused_over_what_a_guest_maps_private_and_names_the_guest(PinOwner owner)
    {
        var world = new InvariantWorld(observer: null, inPlace: true, Enforcement.Enforce);
        world.Convert(0, toPrivate: true);
        world.Touch(0);
        world.Store.TryLookUp(default, out var page);
        var before = world.Machine.Fingerprint();

        var outcome = world.Machine.Frames.Pin(new(page.Frame, 1), owner);

        Assert.Equal(CoreRules.UnmapBeforeConvert, outcome.DecidedBy);
        Assert.Equal(new MapperId(MapperKind.NestedTable, world.Vm.Id.Value).ToInfo(), outcome.Info);
        Assert.Equal(before, world.Machine.Fingerprint());
        Assert.True(world.Machine.Frames.Pin(new(page.Frame, 1), PinOwner.Hypervisor).IsSuccess);
    }

    [Fact]
    public void Observe_lets_the_pin_stand_and_the_frame_rule_breaks()
    {
        var world = new InvariantWorld(observer: null, inPlace: true, Enforcement.Observe);
        world.Convert(0, toPrivate: true);
        world.Touch(0);
        world.Store.TryLookUp(default, out var page);

        Assert.True(world.Machine.Frames.Pin(new(page.Frame, 1), PinOwner.Vfio).IsSuccess);
        Assert.Contains("I1-frame", InvariantTests.Broken(world));
    }

    [Fact]
    public void Observe_lets_the_process_have_it_and_the_frame_rule_breaks()
    {
        var world = new InvariantWorld(observer: null, inPlace: true, Enforcement.Observe);
        world.Convert(0, toPrivate: true);
        world.Touch(0);
        world.Machine.Ownership.Reclaim(world.Machine.Frames.AllFrames);

        Assert.Equal(HostFault.None, world.HostStore(0));
        Assert.Contains("I1-frame", InvariantTests.Broken(world));
    }
}
