using Xunit;

namespace GuestMemory.Kvm.Tests.Races;

/// <summary>
/// The race between a file's release and its slot's deletion, in guest_memfd as first merged: deleting a slot takes a reference
/// to the file in order to unbind, and a file whose last reference is gone gives none.
/// </summary>
/// <remarks>Source: guest-memfd, release (fixed by ae431059e75d). Each step is one critical section of the kernel.</remarks>
public sealed class UnbindRaceTests
{
    public static TheoryData<KernelProfile> Fixed => [KernelProfile.Linux6Dot12, KernelProfile.Linux6Dot18, KernelProfile.Linux7Dot3];

    public static TheoryData<KernelProfile> AllProfiles => [.. KernelProfile.All];

    // guest-memfd, release: (1) the last reference is dropped; (2) the deletion cannot unbind; (3) the slot is freed.
    [Fact]
    public void As_first_merged_a_dying_file_stays_bound_to_a_freed_slot()
    {
        var (world, file) = Start(KernelProfile.Linux6Dot8);

        file.DropLastReference();
        world.Delete(1);

        Assert.Equal(1, file.Bindings.Length);
        Assert.Equal(["lifetime"], world.Broken());
    }

    // guest-memfd, release: (4) the release walks the bindings and writes the slot, which is freed.
    [Fact]
    public void As_first_merged_the_release_then_touches_the_freed_slot()
    {
        var (world, file) = Start(KernelProfile.Linux6Dot8);
        file.DropLastReference();
        world.Delete(1);

        var broken = Assert.Throws<ModelInvariantException>(file.Release);

        Assert.Equal("lifetime", broken.Invariant);
    }

    // A freed place may be taken again; then the binding names a live slot, but another's.
    [Fact]
    public void As_first_merged_a_new_slot_in_the_freed_place_is_named_by_the_old_binding()
    {
        var (world, file) = Start(KernelProfile.Linux6Dot8);
        file.DropLastReference();
        world.Delete(1);

        world.Set(world.Region with { Slot = 7, GuestPhysicalAddress = 2 * World.At });

        Assert.Equal(1, file.Bindings.Length);
        Assert.Equal(["I6"], world.Broken());
    }

    [Theory]
    [MemberData(nameof(Fixed))]
    public void Since_the_fix_the_deletion_unbinds_a_dying_file_too(KernelProfile profile)
    {
        var (world, file) = Start(profile);

        file.DropLastReference();
        world.Delete(1);

        Assert.Equal(0, file.Bindings.Length);
        Assert.Empty(world.Broken());
        file.Release();
        Assert.Empty(world.Broken());
    }

    // The only harmful one of the three orders is the one above: drop, delete, release.
    [Theory]
    [MemberData(nameof(AllProfiles))]
    public void Deleting_the_slot_before_the_last_reference_goes_is_harmless(KernelProfile profile)
    {
        var (world, file) = Start(profile);

        world.Delete(1);
        Assert.Empty(world.Broken());
        file.DropLastReference();
        Assert.Empty(world.Broken());
        file.Release();
        Assert.Empty(world.Broken());
    }

    [Theory]
    [MemberData(nameof(AllProfiles))]
    public void Deleting_the_slot_after_the_release_is_harmless(KernelProfile profile)
    {
        var (world, file) = Start(profile);

        file.DropLastReference();
        Assert.Empty(world.Broken());
        file.Release();
        Assert.Empty(world.Broken());
        world.Delete(1);
        Assert.Empty(world.Broken());
    }

    // A translation made before the race is gone whichever way it goes: the deletion itself unmaps.
    [Theory]
    [MemberData(nameof(AllProfiles))]
    public void No_translation_outlives_the_race(KernelProfile profile)
    {
        var (world, file) = Start(profile);
        world.Convert(World.At, World.Page);
        world.Store(World.At, 1);

        file.DropLastReference();
        world.Delete(1);

        Assert.False(world.Guest.Mmu.TryTranslate(new(World.At >> 12), out _));
    }

    private static (World World, BackingFile File) Start(KernelProfile profile)
    {
        var world = new World(profile: profile);
        return (world, world.Backing(world.FileSlot()));
    }
}
