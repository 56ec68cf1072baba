using GuestMemory.Tests.Fakes;
using Xunit;

namespace GuestMemory.Tests;

/// <summary>A tree that is no nested page table says what it maps by frame, and is held to the address rule by that.</summary>
public sealed class OtherTreeTests
{
    private const string OtherKind = "I1-address: gfn 0x12 of guest 1 is mapped Shared, its attribute says Private";

    [Fact]
    public void A_run_of_translations_that_lead_right_breaks_nothing_wherever_it_is_cut()
    {
        var world = World();

        for (var start = 0xeUL; start < 0x16; start++)
        {
            for (var count = 0UL; count < 8; count++)
            {
                Assert.Null(Breaches.At(world.Machine, StepKind.InvalidationEnded, start, count));
            }
        }
    }

    [Fact]
    public void A_translation_that_leads_wrong_is_found_in_the_range_and_not_beside_it()
    {
        var world = World();
        world.ConvertWithoutUnmap(2, toPrivate: true);

        Assert.Equal(OtherKind, Breaches.At(world.Machine, StepKind.InvalidationEnded, 0x12));
        Assert.Equal(OtherKind, Breaches.At(world.Machine, StepKind.InvalidationEnded, 0x10, 4));
        Assert.Null(Breaches.At(world.Machine, StepKind.InvalidationEnded, 0x10, 2));
        Assert.Null(Breaches.At(world.Machine, StepKind.InvalidationEnded, 0x13));
        Assert.Equal([OtherKind], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_misplaced_translation_is_named_with_both_frames()
    {
        var world = World();
        world.Misplace();

        Assert.Equal(
            "I1-address: gfn 0x10 of guest 1 is mapped to pfn 0x2, its slot gives pfn 0x1",
            Breaches.At(world.Machine, StepKind.InvalidationEnded, 0x10));
    }

    // It is no translation any more: a flush is all that is left to do.
    [Fact]
    public void What_awaits_its_flush_leads_nowhere_wrong()
    {
        var world = World();
        world.ConvertWithoutUnmap(2, toPrivate: true);
        world.Vm.Mmu.Unmap(new(world.GfnOf(2), 1), KindFilter.Both);

        Assert.True(world.Vm.MappingsOfTree().Exists(mapping => mapping.AwaitsFlush));
        Assert.Null(Breaches.At(world.Machine, StepKind.InvalidationEnded, 0x10, 4));
        Assert.Empty(Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_tree_that_does_not_say_what_it_maps_is_not_held_to_it()
    {
        var world = World(vm => new TreeMmu(vm));
        world.ConvertWithoutUnmap(2, toPrivate: true);

        Assert.Null(Breaches.At(world.Machine, StepKind.InvalidationEnded, 0x10, 4));
    }

    private static InvariantWorld World(Func<VirtualMachine, ISecondaryMmu>? tree = null)
    {
        var world = new InvariantWorld(observer: null, inPlace: false, tree: tree ?? (vm => new ScriptedMmu(vm.CreateNestedPageTable())));
        for (var page = 0UL; page < InvariantWorld.Pages; page++)
        {
            world.Touch(page);
        }

        return world;
    }
}
