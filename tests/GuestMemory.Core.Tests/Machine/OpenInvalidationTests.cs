using Xunit;

namespace GuestMemory.Tests;

/// <summary>While an invalidation is open, whoever would bring the page back waits; what ends meanwhile leaves nothing open.</summary>
public sealed class OpenInvalidationTests
{
    // Linux: a fault on a file's mapping and a punch of the file exclude each other by the mapping's invalidate lock.
    [Fact]
    public void A_process_that_touches_a_page_being_freed_waits_for_the_end()
    {
        var world = TestWorld.Create(BackingProperties.MappableGuestMemfd, anonymous: false);
        world.Process.Store(TestWorld.Hva(0), 8, 1);
        var scope = world.Store.BeginInvalidate(TestWorld.Pages(0, 1), KindFilter.Both);
        var before = world.Machine.Fingerprint();

        Assert.Equal(HostFault.Waits, world.Process.Load(TestWorld.Hva(0), 8, out _));
        Assert.Equal(before, world.Machine.Fingerprint());
        Assert.Equal(1UL, world.Store.Free(scope).Info);
        world.Store.EndInvalidate(scope);
        Assert.Equal(HostFault.None, world.Process.Load(TestWorld.Hva(0), 8, out var value));
        Assert.Equal(0UL, value);
    }

    [Fact]
    public void A_guest_whose_shared_page_is_being_freed_faults_again()
    {
        var world = TestWorld.Create(BackingProperties.MappableGuestMemfd, anonymous: false);
        var scope = world.Store.BeginInvalidate(TestWorld.Pages(0, 1), KindFilter.Both);

        Assert.Equal(FaultVerdict.Retry, world.Read(0).Verdict);
        world.Store.EndInvalidate(scope);
        Assert.Equal(FaultVerdict.Mapped, world.Read(0).Verdict);
    }

    [Fact]
    public void A_file_released_while_its_store_is_invalidated_leaves_its_VM_balanced()
    {
        var world = TestWorld.Create();
        var scope = world.Store.BeginInvalidate(TestWorld.Pages(0, 4), KindFilter.Both);
        Assert.Equal(1, world.Vm.Sequence.InProgress);
        world.File.DropLastReference();
        world.File.Release();
        world.Store.EndInvalidate(scope);

        Assert.Equal(0, world.Vm.Sequence.InProgress);
        InvariantChecker.Sweep(world.Machine);
    }

    [Fact]
    public void A_conversion_the_tree_refuses_answers_the_trees_own_refusal_and_the_guest_lives()
    {
        var world = TestWorld.Create();
        world.Mmu.UnmapAnswers.Enqueue(MmuVerdict.Refused);

        var outcome = world.Convert(0, 1, PageKind.Private);

        Assert.Equal(CoreRules.NotSupported, outcome.DecidedBy);
        Assert.False(world.Vm.IsDead);
        Assert.Equal(PageKind.Shared, world.Vm.Attributes.KindOf(TestWorld.Gfn(0)));
    }

    [Fact]
    public void A_range_of_small_pages_ends_where_a_large_one_fits()
    {
        var machine = new MachineFactory().Create();
        var store = machine.CreateStore(BackingProperties.GuestMemfd with { LargestOrder = 9 }, 4 * 0x20_0000UL);

        Assert.True(store.Allocate(new(new(100), (4 * 512) - 100)).IsSuccess);

        Assert.Equal(0, store.OrderOf(new(100)));
        Assert.All(new ulong[] { 512, 1024, 2047 }, page => Assert.Equal(9, store.OrderOf(new(page))));
    }

    // systems.md 1.6: Gunyah and its like pin what they lend for the guest's life; the pin itself reads and writes nothing.
    [Fact]
    public void A_hypervisors_pin_keeps_a_private_frame_without_mapping_it()
    {
        var world = TestWorld.Create();
        world.Convert(0, 1, PageKind.Private);
        world.Machine.Frames.TryTake(new(0, 1, FramePurpose.Guest), out var other);
        world.Machine.Frames.Pin(other, PinOwner.Hypervisor);
        Assert.Equal(FaultVerdict.Mapped, world.Write(0, 1).Verdict);
        var frames = new PfnRange(world.FrameOf(0), 1);
        world.Machine.Frames.Pin(frames, PinOwner.Hypervisor);

        Assert.Equal(new MapCounts(0, 1), world.Machine.Mappings[frames.Start]);
        world.Store.Punch(TestWorld.Pages(0, 1));
        Assert.Equal(FrameState.Deferred, world.Machine.Frames[frames.Start]);
        world.Machine.Frames.Unpin(frames, PinOwner.Hypervisor);
        Assert.Equal(FrameState.Free, world.Machine.Frames[frames.Start]);
    }

    [Fact]
    public void A_slot_of_another_make_is_removed_with_its_translations()
    {
        var world = TestWorld.Create();
        var handle = world.Vm.Slots.NextHandle();
        var file = world.Machine.OpenFile(world.Vm.Id, world.Machine.CreateStore(BackingProperties.GuestMemfd, 0x4000, PageKind.Private));
        var gfns = TestWorld.Gfns(64, 4);
        file.Bind(handle, default, gfns);
        Assert.True(world.Vm.AddSlot(handle, new OverlayMemslot(world.Machine, handle, gfns, file.Id, default)).IsSuccess);
        world.Vm.SetAttributes(gfns, MemoryAttributes.Private);
        Assert.Equal(FaultVerdict.Mapped, new GuestFault(world.Vm, gfns.Start, isWrite: true, PageKind.Private).Run());

        Assert.True(world.Vm.RemoveSlot(handle).IsSuccess);

        Assert.Null(world.Vm.Slots.Find(gfns.Start));
        Assert.False(world.Vm.Mmu.TryTranslate(gfns.Start, out _));
    }

    [Fact]
    public void A_technology_hears_of_a_VMs_end_while_its_translations_are_there()
    {
        var technology = new EndingTechnology();
        var machine = new MachineFactory(technologies: [technology]).Create();
        var vm = machine.CreateVm(technology);
        vm.Mmu.Map(new(new(1), new(5), PageSize.Size4K, PageKind.Shared, Writable: true, vm.Sequence.Sample()));

        vm.Destroy();

        Assert.Equal([true], technology.Ends);
        Assert.Empty(machine.Mappings.Runs.ToArray());
    }

    private sealed class EndingTechnology : IGuestTechnology
    {
        public List<bool> Ends { get; } = [];

        public string Name => "VM that is missed";

        public ulong VmType => 9;

        public TechnologyTraits Traits { get; } = new(HasPrivateMemory: false, HasSystemManagementMode: false, PrivateBytesSurviveUnmap: true);

        public ISecondaryMmu CreateMmu(VirtualMachine vm) => vm.CreateNestedPageTable();

        public PageKind WantedKind(PageKind attribute, bool? asksPrivate) => attribute;

        public Outcome Command(VirtualMachine vm, uint command, Span<byte> data) => Outcome.Success;

        public void End(VirtualMachine vm) => Ends.Add(vm.Mmu.TryTranslate(new(1), out _));
    }
}
