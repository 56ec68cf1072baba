using Xunit;

namespace GuestMemory.Tests;

/// <summary>Slot code runs unchanged on every store: one story, every kind of store as the private side.</summary>
public sealed class EveryStoreTests
{
    private const ulong Gig = 1UL << 18;

    [Fact]
    public void One_story_ends_the_same_on_every_store()
    {
        foreach (var (name, properties) in BackingKinds.All)
        {
            Assert.Equal(Expected(properties.SingleSided), Story(properties).Prepend(name).Skip(1));
        }
    }

    private static IEnumerable<string> Expected(bool inPlace) =>
    [
        "shared write Mapped Done 0x0", "shared read Mapped Done 0x11", "converted", $"private read Mapped Done 0x{(inPlace ? 0x11 : 0):x}",
        "private write Mapped Done 0x0", "private read Mapped Done 0x22", "other kind asks the VMM WrongKind", $"host reads {(inPlace ? "None 0x22" : "None 0x11")}",
        "converted back", $"shared read Mapped Done 0x{(inPlace ? 0x22 : 0x11):x}", "punched", "nothing held", "converted again", "private read Mapped Done 0x0",
        "slot removed", "no page NoPage", "balanced",
    ];

    private static IEnumerable<string> Story(BackingProperties properties)
    {
        var world = TestWorld.Create(properties, Gig);
        yield return $"shared write {world.Write(700, 0x11)}";
        yield return $"shared read {world.Read(700)}";
        yield return world.Convert(512, 512, PageKind.Private).IsSuccess ? "converted" : "not converted";
        yield return $"private read {world.Read(700)}";
        yield return $"private write {world.Write(700, 0x22)}";
        yield return $"private read {world.Read(700)}";
        yield return $"other kind asks the VMM {new GuestFault(world.Vm, TestWorld.Gfn(700), isWrite: false, PageKind.Shared).Run()}";
        yield return $"host reads {(properties.SingleSided ? InPlaceRead(world) : world.Process.Load(TestWorld.Hva(700), 8, out var value) + $" 0x{value:x}")}";
        yield return world.Convert(512, 512, PageKind.Shared).IsSuccess ? "converted back" : "not converted back";
        yield return $"shared read {world.Read(700)}";
        yield return world.Store.Punch(TestWorld.Pages(0, Gig)).IsSuccess ? "punched" : "not punched";
        yield return world.Store.HeldPages == 0 ? "nothing held" : "still held";
        yield return world.Convert(512, 512, PageKind.Private).IsSuccess ? "converted again" : "not converted again";
        yield return $"private read {world.Read(700)}";
        yield return world.Vm.RemoveSlot(world.Slot).IsSuccess ? "slot removed" : "slot kept";
        yield return $"no page {world.Read(700).Verdict}";
        InvariantChecker.Sweep(world.Machine);
        yield return world.Vm.Sequence.InProgress == 0 ? "balanced" : "open";
    }

    // In place the host's mapping of a private page is denied by the ownership table; the bytes are read past it here.
    private static string InPlaceRead(TestWorld world) =>
        $"None 0x{world.Machine.Contents.Read(world.FrameOf(700).Address, 8):x}";
}
