using Xunit;

namespace GuestMemory.Tests;

/// <summary>I1 by frame, I4 and I5, each in its words; and what comes near a breach and is none.</summary>
public sealed class FrameAndOwnerRuleTests
{
    [Fact]
    public void A_frame_mapped_both_ways_is_named_with_its_counts()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.HostStore(0);
        world.Machine.Mappings.Add(new(new(1), 1), PageKind.Private);

        Assert.Equal(["I1-frame: pfn 0x1 is mapped shared 1, private 1"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_frame_that_stays_out_of_the_direct_map_must_not_be_in_it()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        var secret = world.Machine.CreateStore(BackingProperties.Secretmem, 4 * 4096);
        secret.Allocate(new(default, 4));
        Assert.Empty(Breaches.Of(world.Machine));

        world.Machine.DirectMap.Restore(new(secret.Pages[0].Value.Frame + 3, 1));

        Assert.Equal(["I1-frame: a frame of store 2, which stays out of the direct map, is in it"], Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_private_frame_mapped_twice_is_named_with_its_count()
    {
        var world = Private();
        world.Machine.Mappings.Add(new(new(1), 1), PageKind.Private);

        Assert.Equal(["I5: pfn 0x1 has 2 private entries"], Breaches.Of(world.Machine));
        Assert.Equal("I5: pfn 0x1 has 2 private entries", Breaches.At(world.Machine, StepKind.FaultMapped, 0x10));
    }

    [Fact]
    public void A_private_frame_of_another_guest_is_found_even_at_the_same_guest_frame()
    {
        var world = Private();
        world.Machine.Ownership.Reclaim(new(new(1), 1));
        world.Machine.Ownership.Prepare(new(new(new(1), 1), new(2), world.GfnOf(0), PageKind.Private));

        Assert.Equal(
            ["I5: pfn 0x1 is private to guest 1 at gfn 0x10, but the table says guest 2, entry Size4K at gfn 0x10"],
            Breaches.Of(world.Machine));
    }

    [Fact]
    public void A_private_frame_of_the_same_guest_is_found_at_another_guest_frame()
    {
        var world = Private();
        world.Machine.Ownership.Prepare(new(new(new(1), 1), world.Vm.Id, world.GfnOf(1), PageKind.Private));

        Assert.Equal(
            ["I5: pfn 0x1 is private to guest 1 at gfn 0x10, but the table says guest 1, entry Size4K at gfn 0x11"],
            Breaches.Of(world.Machine));
    }

    // One of the VM's own, one of its file's, one of its process's.
    [Fact]
    public void Invalidations_of_three_makers_balance_together_and_one_lost_begin_shows()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Touch(0);
        world.Vm.OpenConversion(new(new(0x30), 1));
        world.Store.BeginInvalidate(new(new(1), 1), KindFilter.Both);
        world.SharedStore.BeginInvalidate(new(default, 1), KindFilter.Both);

        Assert.Equal((1, 1, 1, 3), (world.Vm.OwnInvalidations, world.File.OpenInvalidations, world.Vm.OpenHostInvalidations, world.Vm.Sequence.InProgress));
        Assert.Empty(Breaches.Of(world.Machine));
        world.Vm.Sequence.End();
        Assert.Equal(["I4: guest 1 counts 2 running invalidations, 3 were begun and not ended"], Breaches.Of(world.Machine));
    }

    private static InvariantWorld Private()
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Convert(0, toPrivate: true);
        world.Touch(0);
        return world;
    }
}
