using Xunit;

namespace GuestMemory.Kvm.Tests.State;

/// <summary>Equal machines, equal bytes: what a machine went through leaves no trace but in what is counted on purpose.</summary>
/// <remarks>Counted are ended invalidations and slot changes: faults and marks are compared with them. So histories here count alike.</remarks>
public sealed class EqualMachinesTests
{
    private const ulong Page = World.Page;

    [Fact]
    public void The_order_of_punches_does_not_show() => Alike(
        (world, file) =>
        {
            world.Punch(file, 0, Page);
            world.Punch(file, 2 * Page, Page);
        },
        (world, file) =>
        {
            world.Punch(file, 2 * Page, Page);
            world.Punch(file, 0, Page);
        });

    [Fact]
    public void Punching_in_one_call_or_in_several_does_not_show_in_an_unbound_file() => Alike(
        (world, _) => world.Punch(Allocated(world), 0, 4 * Page),
        (world, _) =>
        {
            var file = Allocated(world);
            for (var page = 0UL; page < 4; page++)
            {
                world.Punch(file, page * Page, Page);
            }
        });

    [Fact]
    public void The_order_of_conversions_does_not_show() => Alike(
        (world, _) =>
        {
            world.Convert(World.At, Page);
            world.Convert(World.At + Page, Page);
        },
        (world, _) =>
        {
            world.Convert(World.At + Page, Page);
            world.Convert(World.At, Page);
        });

    [Fact]
    public void Where_a_page_was_private_in_between_does_not_show() => Alike(
        (world, _) =>
        {
            world.Convert(World.At, Page);
            world.Convert(World.At, Page, isPrivate: false);
        },
        (world, _) =>
        {
            world.Convert(8 * World.At, 5 * Page);
            world.Convert(8 * World.At, 5 * Page, isPrivate: false);
        });

    [Fact]
    public void A_slot_that_is_gone_does_not_show() => Alike(
        (world, _) => Replace(world, world.Region with { Slot = 2, GuestPhysicalAddress = 2 * World.At }),
        (world, _) => Replace(world, world.Region with { Slot = 9, GuestPhysicalAddress = 3 * World.At, MemorySize = Page }));

    [Fact]
    public void A_file_that_is_gone_does_not_show() => Alike(
        (world, _) => World.Done(world.Kvm.Close(world.File(size: Page))),
        (world, _) => World.Done(world.Kvm.Close(Allocated(world))));

    // Numbers of VMs and files are used again, lowest first.
    [Fact]
    public void A_vm_that_is_gone_does_not_show() => Alike(
        (_, _) => { },
        (world, _) =>
        {
            var vm = World.Done(world.Kvm.CreateVm(1));
            World.Done(world.Kvm.SetMemoryAttributes(vm, World.At, Page, 8));
            World.Done(world.Kvm.SetUserMemoryRegion2(vm, world.Region));
            World.Done(world.Kvm.Close(vm));
        });

    [Fact]
    public void A_dirty_log_that_was_taken_does_not_show() => Alike(
        (world, _) => Log(world, World.At),
        (world, _) => Log(world, World.At + Page));

    private static void Alike(Action<World, int> one, Action<World, int> other)
    {
        var (left, right) = (new World(), new World());
        one(left, left.FileSlot());
        other(right, right.FileSlot());

        Assert.Equal(left.Kvm.WriteState().ToArray(), right.Kvm.WriteState().ToArray());
        Assert.Equal(left.Kvm.Fingerprint(), right.Kvm.Fingerprint());
    }

    private static int Allocated(World world)
    {
        var file = world.File();
        World.Done(world.Kvm.Fallocate(file, 1, 0, (long)(4 * Page)));
        return file;
    }

    private static void Replace(World world, MemoryRegion region)
    {
        world.Set(region);
        world.Delete(region.Slot);
        world.Set(world.Region with { Slot = 5, GuestPhysicalAddress = 5 * World.At });
    }

    private static void Log(World world, ulong gpa)
    {
        world.Set(new(3, MemoryRegion.LogDirtyPages, 6 * World.At, 4 * Page, world.Memory + (4 * Page)));
        world.Store((6 * World.At) + (gpa - World.At), 0);
        World.Done(world.Kvm.GetDirtyLog(world.Vm, 3, []));
        world.Delete(3);
        World.Done(world.Kvm.Madvise(world.Memory, World.FileSize, MemoryAdvice.DontNeed, out _));
    }
}
