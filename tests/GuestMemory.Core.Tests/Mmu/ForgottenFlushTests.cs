using Xunit;

namespace GuestMemory.Tests;

/// <summary>Architecture, principle 11: a secondary MMU that skips its flush is caught, with cached translations and without.</summary>
public sealed class ForgottenFlushTests
{
    // The guest reads what the frame's next owner wrote: nothing else in the model shows the mistake when nobody enforces.
    [Fact]
    public void With_caches_a_vCPU_reads_a_frame_that_is_somebody_elses()
    {
        var world = Mutant(skips: true, caches: true, Enforcement.Observe);
        Assert.Equal(GuestAccess.Done(0x1111), world.Read(0));
        var frame = world.FrameOf(0);

        world.Store.Punch(TestWorld.Pages(0, 1));
        var next = world.Machine.CreateStore(BackingProperties.Memfd, 4096);
        next.Allocate(TestWorld.Pages(0, 1));
        Assert.True(next.TryLookUp(new(0), out var page) && page.Frame == frame);
        world.Machine.Contents.Write(frame.Address, 8, 0x5ec7e7);

        Assert.Equal(GuestAccess.Done(0x5ec7e7), world.Read(0));
    }

    [Fact]
    public void The_same_story_with_the_flush_faults_and_reads_zero()
    {
        var world = Mutant(skips: false, caches: true, Enforcement.Observe);
        world.Read(0);

        world.Store.Punch(TestWorld.Pages(0, 1));

        Assert.Empty(world.Vm.Cache.Entries);
        Assert.Equal(GuestAccess.Done(0), world.Read(0));
    }

    [Fact]
    public void Enforced_the_punch_is_refused_and_names_the_guest_that_was_not_flushed()
    {
        var world = Mutant(skips: true, caches: false, Enforcement.Enforce);

        var refused = world.Store.Punch(TestWorld.Pages(0, 1));

        Assert.Equal((CoreRules.UnmapBeforeConvert, new MapperId(MapperKind.NestedTable, 1).ToInfo()), (refused.DecidedBy, refused.Info));
        Assert.True(Assert.Single(world.Machine.Mappings.WhoMaps(new(world.FrameOf(0), 1))).AwaitsFlush);
    }

    [Fact]
    public void Without_caches_the_list_of_the_unflushed_names_the_page()
    {
        var world = Mutant(skips: true, caches: false, Enforcement.Observe);
        var frame = world.FrameOf(0);

        world.Convert(0, 1, PageKind.Shared);

        var left = Assert.Single(world.Mmu.Table.Unflushed);
        Assert.Equal((TestWorld.Gfns(0, 1), frame), (left.Gfns, left.Translation.Frame));
    }

    // A cached right that does not suffice is no answer: the CPU walks again and finds the new entry.
    [Fact]
    public void A_cached_read_right_does_not_hide_a_later_write_right()
    {
        var world = TestWorld.Create(configure: options => options.CachesTranslations = true, plainTable: true);
        world.Vm.ChangeSlotFlags(world.Slot, MemslotFlags.GuestMemfd | MemslotFlags.LogDirtyPages);
        world.Write(0, 1);
        world.Vm.WriteProtect(world.Slot.Gfns);
        world.Slot.ClearDirty();
        Assert.Equal(GuestAccess.Done(1), world.Read(0));
        Assert.False(Assert.Single(world.Vm.Cache.Entries).Translation.Writable);

        Assert.Equal(GuestAccess.Done(), world.Write(0, 2));
        Assert.True(world.Slot.IsDirty(0));
        Assert.Equal(GuestAccess.Done(2), world.Read(0));
    }

    // The log of written pages is complete although a vCPU had the right to write in its cache.
    [Fact]
    public void A_write_after_the_log_was_taken_is_logged_again()
    {
        var world = TestWorld.Create(configure: options => options.CachesTranslations = true, plainTable: true);
        world.Write(5, 1);

        world.Vm.ChangeSlotFlags(world.Slot, MemslotFlags.GuestMemfd | MemslotFlags.LogDirtyPages);
        Assert.False(world.Slot.IsDirty(5));
        world.Write(5, 2);

        Assert.True(world.Slot.IsDirty(5));
        Assert.False(world.Slot.IsDirty(4));
    }

    [Fact]
    public void A_VM_that_takes_a_dead_ones_number_finds_no_cached_translation()
    {
        var world = Mutant(skips: true, caches: true, Enforcement.Observe);
        Assert.NotEmpty(world.Vm.Cache.Entries);

        world.File.Release();
        world.Vm.Destroy();
        var next = world.Machine.CreateVm(world.Vm.Technology);

        Assert.Equal(world.Vm.Id, next.Id);
        Assert.Empty(next.Cache.Entries);
    }

    private static TestWorld Mutant(bool skips, bool caches, Enforcement enforcement)
    {
        var world = TestWorld.Create(configure: options =>
        {
            options.CachesTranslations = caches;
            options.Enforcement = enforcement;
        });
        world.Convert(0, 4, PageKind.Private);
        Assert.Equal(GuestAccess.Done(), world.Write(0, 0x1111));
        world.Mmu.SkipsFlush = skips;
        return world;
    }
}
