using Xunit;

namespace GuestMemory.Tests;

/// <summary>A map and an access touch one translation, its frame, and what any vCPU holds cached of it.</summary>
public sealed class TouchedTranslationTests
{
    private const string Misplaced = "I1-address: gfn 0x10 of guest 1 is mapped to pfn 0x2, its slot gives pfn 0x1";

    public static TheoryData<StepKind> Kinds => [StepKind.FaultMapped, StepKind.GuestAccess];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_frame_mapped_both_ways_is_found(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Touch(0);
        world.Touch(1);
        world.Machine.Mappings.Add(new(new(1), 1), PageKind.Private);

        Assert.Equal("I1-frame: pfn 0x1 is mapped shared 2, private 1", Breaches.At(world.Machine, kind, 0x10));
        Assert.Null(Breaches.At(world.Machine, kind, 0x11));
    }

    [Theory]
    [InlineData(StepKind.FaultMapped, true)]
    [InlineData(StepKind.FaultMapped, false)]
    [InlineData(StepKind.GuestAccess, true)]
    [InlineData(StepKind.GuestAccess, false)]
    public void A_misplaced_translation_is_found_whatever_its_rights(StepKind kind, bool writable)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Misplace(writable);

        Assert.Equal(Misplaced, Breaches.At(world.Machine, kind, 0x10));
        Assert.Null(Breaches.At(world.Machine, kind, 0x11));
        Assert.Null(Breaches.At(world.Machine, kind, 0x12));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_private_frame_of_the_host_is_found(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Convert(0, toPrivate: true);
        world.Convert(1, toPrivate: true);
        world.Touch(0);
        world.Touch(1);
        world.Machine.Ownership.Reclaim(new(new(1), 1));

        Assert.Equal(
            "I5: pfn 0x1 is private to guest 1 at gfn 0x10, but the table says host, entry Size4K at gfn 0x0",
            Breaches.At(world.Machine, kind, 0x10));
        Assert.Null(Breaches.At(world.Machine, kind, 0x11));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_shared_frame_has_no_guest_as_owner(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.Touch(0);
        world.Machine.Ownership.Prepare(new(new(new(1), 1), new(2), new(0x99), PageKind.Private));

        Assert.Null(Breaches.At(world.Machine, kind, 0x10));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_page_never_cleared_is_found(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false);
        world.MapUncleared(0);
        world.Convert(1, toPrivate: true);
        world.Touch(1);

        Assert.Equal("I8: gfn 0x10 of guest 1 is mapped to pfn 0x1, which was never cleared", Breaches.At(world.Machine, kind, 0x10));
        Assert.Null(Breaches.At(world.Machine, kind, 0x11));
    }

    // The vCPU of the cached translation is not the one that a walk is made for.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_a_vCPU_still_has_cached_of_the_frame_is_looked_at(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false, configure: options => options.CachesTranslations = true);
        world.Touch(0);
        world.Touch(1);
        world.Vm.Cache.Fill(1, world.GfnOf(0), new(new(2), PageSize.Size4K, PageKind.Shared, Writable: true));

        Assert.Equal(Misplaced, Breaches.At(world.Machine, kind, 0x10));
        Assert.Null(Breaches.At(world.Machine, kind, 0x11));
        Assert.Null(Breaches.At(world.Machine, kind, 0x12));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_cached_and_right_breaks_nothing(StepKind kind)
    {
        var world = new InvariantWorld(observer: null, inPlace: false, configure: options => options.CachesTranslations = true);
        world.Touch(0);
        world.Touch(0);

        Assert.Single(world.Vm.Cache.Entries);
        Assert.Null(Breaches.At(world.Machine, kind, 0x10));
    }
}
