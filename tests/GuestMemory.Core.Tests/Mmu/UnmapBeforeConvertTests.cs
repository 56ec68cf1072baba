using Xunit;

namespace GuestMemory.Tests;

/// <summary>Architecture, principle 9: Enforce refuses and names the mapper, Observe lets the step through. Source of the rule: guest-memfd-rfc.</summary>
public sealed class UnmapBeforeConvertTests
{
    private static readonly ulong Process = new MapperId(MapperKind.HostProcess, 0).ToInfo();
    private static readonly ulong Guest = new MapperId(MapperKind.NestedTable, 1).ToInfo();

    [Fact]
    public void A_private_map_of_a_frame_the_host_maps_is_refused_and_names_the_process()
    {
        var world = InPlace(Enforcement.Enforce);
        world.Process.Store(TestWorld.Hva(0), 8, 7);

        var answer = MapPrivate(world, world.FrameOf(0));

        Assert.Equal(MmuVerdict.Refused, answer.Verdict);
        Assert.Equal((CoreRules.UnmapBeforeConvert, Process), (answer.Detail.DecidedBy, answer.Detail.Info));
        Assert.False(world.Vm.Mmu.TryTranslate(TestWorld.Gfn(0), out _));
    }

    [Fact]
    public void Observed_the_same_map_goes_through_and_the_frame_is_of_both_kinds()
    {
        var world = InPlace(Enforcement.Observe);
        world.Process.Store(TestWorld.Hva(0), 8, 7);

        Assert.True(MapPrivate(world, world.FrameOf(0)).IsDone);

        Assert.Equal(new MapCounts(1, 1), world.Machine.Mappings[world.FrameOf(0)]);
        Assert.NotNull(MachineInvariants.Frame.FindBreach(world.Machine));
    }

    [Fact]
    public void A_pinned_frame_is_shared_and_never_mapped_private()
    {
        var world = InPlace(Enforcement.Enforce);
        world.Store.Allocate(TestWorld.Pages(0, 1));
        world.Machine.Frames.Pin(new(world.FrameOf(0), 1), PinOwner.Vfio);

        Assert.Equal(new MapperId(MapperKind.Pin, 0).ToInfo(), MapPrivate(world, world.FrameOf(0)).Detail.Info);
    }

    // A leaf that was unmapped and not flushed may be used still, so it counts as mapped.
    [Fact]
    public void What_awaits_its_flush_stands_against_the_other_kind()
    {
        var world = InPlace(Enforcement.Enforce);
        world.Read(0);
        world.Vm.Mmu.Unmap(TestWorld.Gfns(0, 1), KindFilter.Both);

        Assert.Equal(Guest, MapPrivate(world, world.FrameOf(0)).Detail.Info);
        world.Vm.Mmu.Flush(TestWorld.Gfns(0, 1));
        Assert.True(MapPrivate(world, world.FrameOf(0)).IsDone);
    }

    [Fact]
    public void Freeing_a_frame_somebody_maps_unheard_is_refused_and_names_the_guest()
    {
        var world = TestWorld.Create();
        var other = UnboundMap(world);

        var refused = world.Store.Punch(TestWorld.Pages(0, 1));

        Assert.Equal((CoreRules.UnmapBeforeConvert, Guest), (refused.DecidedBy, refused.Info));
        Assert.Equal(other, world.FrameOf(0));
        Assert.Equal(FrameState.InUse, world.Machine.Frames[other]);
    }

    [Fact]
    public void Observed_the_frame_is_freed_under_the_mapping()
    {
        var world = TestWorld.Create(configure: options => options.Enforcement = Enforcement.Observe);
        var frame = UnboundMap(world);

        Assert.True(world.Store.Punch(TestWorld.Pages(0, 1)).IsSuccess);

        Assert.Equal(FrameState.Free, world.Machine.Frames[frame]);
        Assert.Equal(1, world.Machine.Mappings[frame].Private);
    }

    [Fact]
    public void Moving_a_frame_somebody_maps_unheard_is_refused_and_takes_no_frame()
    {
        var world = TestWorld.Create(BackingProperties.Restrictedmem);
        UnboundMap(world);
        var before = world.Machine.Frames.CountOf(FrameState.InUse);

        Assert.Equal(CoreRules.UnmapBeforeConvert, world.Store.Move(new(0)).DecidedBy);
        Assert.Equal(before, world.Machine.Frames.CountOf(FrameState.InUse));
    }

    [Fact]
    public void Destroying_a_store_under_a_mapping_is_a_contract_broken()
    {
        var world = TestWorld.Create();
        UnboundMap(world);

        Assert.Throws<InvalidOperationException>(() => world.Machine.DestroyStore(world.Store));
        Assert.True(world.Store.IsLive);
    }

    private static TestWorld InPlace(Enforcement enforcement) =>
        TestWorld.Create(BackingProperties.MappableGuestMemfd, configure: options => options.Enforcement = enforcement);

    private static MmuAnswer MapPrivate(TestWorld world, Pfn frame) =>
        world.Vm.Mmu.Map(new(TestWorld.Gfn(0), frame, PageSize.Size4K, PageKind.Private, Writable: true, world.Vm.Sequence.Sample()));

    // A translation at a guest frame no slot binds: no notification reaches it.
    private static Pfn UnboundMap(TestWorld world)
    {
        world.Store.Allocate(TestWorld.Pages(0, 1));
        var request = new MapRequest(TestWorld.Gfn(500), world.FrameOf(0), PageSize.Size4K, PageKind.Private, Writable: true, world.Vm.Sequence.Sample());
        Assert.True(world.Vm.Mmu.Map(request).IsDone);
        return world.FrameOf(0);
    }
}
