using Xunit;

namespace GuestMemory.Tests;

/// <summary>The kernel's reverse map reaches processes, and through them guests' shared pages; not private pages, not pins.</summary>
/// <remarks>Source: systems.md 1.3, rmap and try_to_unmap.</remarks>
public sealed class TryToUnmapTests
{
    [Fact]
    public void A_shared_page_of_a_process_and_its_guest_is_let_go_by_both()
    {
        var world = new InvariantWorld(new InvariantChecker(), inPlace: false, Enforcement.Enforce);
        world.HostStore(0, 0x77);
        world.Touch(0);
        var frame = world.Machine.Mappings.WhoMaps(world.Machine.Frames.AllFrames)[0].Frames;

        Assert.Empty(world.Machine.TryToUnmap(frame));
        Assert.Equal(FaultVerdict.Mapped, world.Touch(0, isWrite: false));
        world.Vm.TryTranslate(0, world.GfnOf(0), isWrite: false, out var translation);
        world.Vm.Read(0, world.GfnOf(0).Address, 8, translation, out var value);
        Assert.Equal(0x77UL, value);
    }

    [Fact]
    public void A_private_page_stays_with_its_guest_who_is_named()
    {
        var world = new InvariantWorld(new InvariantChecker(), inPlace: false, Enforcement.Enforce);
        world.Convert(0, toPrivate: true);
        world.Touch(0);
        world.Store.TryLookUp(default, out var page);

        var still = Assert.Single(world.Machine.TryToUnmap(new(page.Frame, 1)));

        Assert.Equal(new MapperId(MapperKind.NestedTable, world.Vm.Id.Value), still.Mapper);
        Assert.Equal(PageKind.Private, still.Kind);
    }

    [Fact]
    public void A_pin_stays_and_is_named()
    {
        var world = new InvariantWorld(new InvariantChecker(), inPlace: true, Enforcement.Enforce);
        world.HostStore(0);
        world.Store.TryLookUp(default, out var page);
        world.Machine.Frames.Pin(new(page.Frame, 1), PinOwner.Gup);

        var still = Assert.Single(world.Machine.TryToUnmap(new(page.Frame, 1)));

        Assert.Equal(MapperKind.Pin, still.Mapper.Kind);
    }
}
