using GuestMemory.Testing.FsCheck.Tests.Fakes;
using Xunit;

namespace GuestMemory.Testing.FsCheck.Tests.Specs;

public sealed class MemslotSpecTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_dual_slot_agrees(bool fileServesShared) => MemslotSpec.HoldsFor(Dual, fileServesShared);

    [Fact]
    public void The_overlay_slot_agrees() => MemslotSpec.HoldsFor((vm, layout) => Overlay(vm, layout, slot => slot));

    [Fact]
    public void A_slot_off_by_a_page_is_caught_in_one_command() =>
        Assert.Equal(["Resolve frame=1 kind=Shared"], Fails(slot => new BrokenSlot(slot) { SharedOff = 1 }).Commands);

    [Fact]
    public void A_slot_that_outlives_its_file_is_caught_in_two_commands() =>
        // The first private one.
        Assert.Equal(["Release", "Resolve frame=8 kind=Private"], Fails(slot => new BrokenSlot(slot) { OutlivesFile = true }).Commands);

    [Fact]
    public void A_slot_that_finds_one_frame_less_is_caught_in_one_command() =>
        Assert.Equal(["FindShared pages=0+3"], Fails(slot => new BrokenSlot(slot) { FindsOneLess = true }).Commands);

    private static Memslot Dual(VirtualMachine vm, MemslotLayout layout)
    {
        Assert.True(vm.AddSlot(layout, out var slot).IsSuccess);
        return slot;
    }

    private static IMemslot Overlay(VirtualMachine vm, MemslotLayout layout, Func<IMemslot, IMemslot> wrap)
    {
        var handle = vm.Slots.NextHandle();
        Assert.True(vm.Machine.File(layout.File).Bind(handle, layout.FileStart, layout.Gfns).IsSuccess);
        var overlay = new OverlayMemslot(vm.Machine, handle, layout.Gfns, layout.File, layout.FileStart);
        Assert.True(overlay.Lay(new(layout.Gfns.Start, layout.Gfns.Count / 2), layout.Process, layout.SharedPage).IsSuccess);
        var slot = wrap(overlay);
        Assert.True(vm.AddSlot(handle, slot).IsSuccess);
        return slot;
    }

    private static ModelSpecException Fails(Func<IMemslot, IMemslot> wrong) =>
        Assert.Throws<ModelSpecException>(() => MemslotSpec.HoldsFor((vm, layout) => Overlay(vm, layout, wrong)));
}
