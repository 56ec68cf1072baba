using Xunit;

namespace GuestMemory.Kvm.Tests.Run;

/// <summary>What the hardware cannot do is emulated: device memory, read-only slots, accesses half in a slot.</summary>
public sealed class DeviceMemoryTests
{
    private const ulong Private = 8;

    // kvm-recordings, FINDINGS 1: a mark of the present generation wins over the attribute.
    [Fact]
    public void A_page_once_device_memory_stays_so_after_it_became_private()
    {
        var world = new World();
        world.Load(World.At);
        world.Convert(World.At, World.Page);

        Assert.Equal(ExitReason.Mmio, world.Load(World.At).Reason);
    }

    // kvm-recordings, FINDINGS 1: after any slot changed, the private page faults, and as a shared access.
    [Fact]
    public void A_mark_from_before_a_slot_change_makes_a_private_page_fault_as_shared()
    {
        var world = new World();
        world.Load(World.At);
        world.FileSlot();
        world.Convert(World.At, World.Page);

        for (var time = 0; time < 2; time++)
        {
            var exit = world.Load(World.At);

            Assert.Equal((ExitReason.MemoryFault, Errno.EFAULT, 0UL, new Gpa(World.At)), (exit.Reason, exit.Errno, exit.Flags, exit.Gpa));
            Assert.Equal("KVM_RUN/stale-mmio-mark", exit.DecidedBy!.Id);
        }
    }

    // kvm-recordings, FINDINGS 1: a set that changes nothing raises no generation.
    [Fact]
    public void Setting_a_slot_again_unchanged_makes_no_mark_stale()
    {
        var world = new World();
        world.Set(world.Region);
        world.Load(2 * World.At);
        world.Convert(2 * World.At, World.Page);

        world.Set(world.Region);

        Assert.Equal(ExitReason.Mmio, world.Load(2 * World.At).Reason);
    }

    // kvm-recordings, FINDINGS 1: a real mapping removes the mark.
    [Fact]
    public void A_shared_access_with_a_slot_removes_the_mark()
    {
        var world = new World();
        world.Load(World.At);
        world.FileSlot();
        world.Load(World.At);
        world.Convert(World.At, World.Page);

        Assert.Equal(ExitReason.Hlt, world.Load(World.At).Reason);
    }

    // kvm-recordings, FINDINGS 1: pre-fault marks too.
    [Fact]
    public void Pre_faulting_device_memory_marks_it()
    {
        var world = new World();
        var (address, size) = (World.At, World.Page);
        world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, 0, out _);
        world.Convert(World.At, World.Page);

        Assert.Equal(ExitReason.Mmio, world.Load(World.At).Reason);
    }

    // The switch: without the memory, attribute and slot alone decide.
    [Fact]
    public void Without_remembered_device_memory_the_attribute_decides()
    {
        var world = new World(host: new() { RemembersMmio = false });
        world.Load(World.At);
        world.Convert(World.At, World.Page);

        var exit = world.Load(World.At);

        Assert.Equal((ExitReason.MemoryFault, Private), (exit.Reason, exit.Flags));
        world.FileSlot();
        Assert.Equal(ExitReason.Hlt, world.Load(World.At).Reason);
    }

    // kvm-recordings, FINDINGS 2: the emulator writes through userspace_addr, past the private page.
    [Fact]
    public void An_emulated_store_ends_in_the_shared_copy_of_a_private_page()
    {
        var world = new World();
        world.FileSlot();
        world.Convert(World.At, World.Page);
        world.Store(World.At, 0x2222);

        var exit = world.Store(World.At - 4, 0xaaaa_aaaa_bbbb_bbbb);

        Assert.Equal(["write 4 bytes 0xbbbbbbbb at gpa 0xfffffc"], Fragments(exit));
        world.Kvm.Load(world.Memory, 8, out var shared);
        Assert.Equal(0xaaaa_aaaaUL, shared);
        Assert.Equal(0x2222UL, world.Load(World.At).Value);
    }

    // The switch: then both parts leave to the VMM, and no copy changes.
    [Fact]
    public void Without_the_bypass_an_emulated_store_to_a_private_page_leaves_too()
    {
        var world = new World(host: new() { EmulatorBypassesPrivate = false });
        world.FileSlot();
        world.Convert(World.At, World.Page);

        var exit = world.Store(World.At - 4, 0xaaaa_aaaa_bbbb_bbbb);

        Assert.Equal(["write 4 bytes 0xbbbbbbbb at gpa 0xfffffc", "write 4 bytes 0xaaaaaaaa at gpa 0x1000000"], Fragments(exit));
        world.Kvm.Load(world.Memory, 8, out var shared);
        Assert.Equal(0UL, shared);
        Assert.Equal(0UL, world.Load(World.At).Value);
    }

    // kvm-recordings, FINDINGS 15.
    [Fact]
    public void A_store_to_a_read_only_slot_leaves_and_changes_no_byte()
    {
        var world = ReadOnly();

        var exit = world.Store(World.At + 0xffc, 0x1234_5678_90ab_cdef);

        Assert.Equal(["write 4 bytes 0x90abcdef at gpa 0x1000ffc", "write 4 bytes 0x12345678 at gpa 0x1001000"], Fragments(exit));
        Assert.Equal(0UL, world.Load(World.At + 0xff8).Value);
        Assert.Equal(0x51UL, world.Load(World.At).Value);
    }

    // kvm-recordings, FINDINGS 15: the read part goes to memory, the write alone leaves.
    [Fact]
    public void An_exchange_add_in_a_read_only_slot_reads_memory_and_writes_to_the_VMM()
    {
        var world = ReadOnly();

        var exit = world.Kvm.GuestExchangeAdd(world.Vm, World.At, 8, 1);

        Assert.Equal(["write 8 bytes 0x52 at gpa 0x1000000"], Fragments(exit));
    }

    // kvm-recordings, p12: a device the VMM completes with ones reads as ones; the sum wraps in its own width.
    [Theory]
    [InlineData(8, 5, "read 8 bytes at gpa 0x1000000", "write 8 bytes 0x4 at gpa 0x1000000")]
    [InlineData(4, 1, "read 4 bytes at gpa 0x1000000", "write 4 bytes 0x0 at gpa 0x1000000")]
    [InlineData(1, 3, "read 1 bytes at gpa 0x1000000", "write 1 bytes 0x2 at gpa 0x1000000")]
    public void An_exchange_add_over_device_memory_reads_ones_then_writes_the_sum(int length, ulong addend, string read, string write)
    {
        var world = new World();

        var exit = world.Kvm.GuestExchangeAdd(world.Vm, World.At, length, addend);

        Assert.Equal([read, write], Fragments(exit));
    }

    // Both reads come before both writes; the carry goes from the first page's part into the second's.
    [Fact]
    public void An_exchange_add_over_two_pages_of_device_memory_has_four_fragments()
    {
        var world = new World();

        var exit = world.Kvm.GuestExchangeAdd(world.Vm, World.At + 0xffc, 8, 1);

        Assert.Equal(
            [
                "read 4 bytes at gpa 0x1000ffc", "read 4 bytes at gpa 0x1001000",
                "write 4 bytes 0x0 at gpa 0x1000ffc", "write 4 bytes 0x0 at gpa 0x1001000",
            ],
            Fragments(exit));
    }

    [Fact]
    public void An_exchange_add_in_memory_answers_the_old_value()
    {
        var world = new World();
        world.Set(world.Region);
        world.Store(World.At, 40);

        var exit = world.Kvm.GuestExchangeAdd(world.Vm, World.At, 8, 2);

        Assert.Equal((ExitReason.Hlt, 40UL), (exit.Reason, exit.Value));
        Assert.Equal(42UL, world.Load(World.At).Value);
    }

    // kvm-recordings, FINDINGS 15: a load that runs off the slot's end leaves for the rest only.
    [Fact]
    public void A_load_off_the_end_of_a_slot_leaves_for_the_part_without_memory()
    {
        var world = new World();
        world.Set(world.Region);

        Assert.Equal(["read 4 bytes at gpa 0x1004000"], Fragments(world.Load(World.At + World.SlotSize - 4)));
    }

    // kvm-recordings, p09 execute: HLT is 0xf4.
    [Fact]
    public void Executing_HLT_halts_whichever_side_it_lies_on()
    {
        var world = new World();
        world.FileSlot();
        world.Store(World.At, 0xf4, 1);
        Assert.Equal(ExitReason.Hlt, world.Kvm.GuestExecute(world.Vm, World.At).Reason);

        world.Convert(World.At, World.Page);
        world.Store(World.At + 1, 0xf4, 1);

        Assert.Equal(ExitReason.Hlt, world.Kvm.GuestExecute(world.Vm, World.At + 1).Reason);
    }

    // kvm-recordings, p09: code cannot be emulated from a device.
    [Fact]
    public void Executing_device_memory_is_an_emulation_failure()
    {
        var world = new World();

        var exit = world.Kvm.GuestExecute(world.Vm, World.At);

        Assert.Equal((ExitReason.InternalError, 1, Errno.OK), (exit.Reason, exit.SubError, exit.Errno));
    }

    [Fact]
    public void Executing_a_private_page_without_memory_is_a_memory_fault()
    {
        var world = new World();
        world.Convert(World.At, World.Page);

        var exit = world.Kvm.GuestExecute(world.Vm, World.At);

        Assert.Equal((ExitReason.MemoryFault, Errno.EFAULT, Private), (exit.Reason, exit.Errno, exit.Flags));
    }

    // docs/model-boundary.md, MB-5.
    [Fact]
    public void Executing_anything_but_HLT_is_outside_the_model()
    {
        var world = new World();
        world.Set(world.Region);

        Assert.Equal("MB-5", Assert.Throws<OutsideModelException>(() => world.Kvm.GuestExecute(world.Vm, World.At)).Entry);
    }

    private static World ReadOnly()
    {
        var world = new World();
        world.Set(world.Region with { Flags = MemoryRegion.ReadOnly });
        world.Kvm.Store(world.Memory, 8, 0x51);
        return world;
    }

    private static string[] Fragments(VcpuExit exit) => [.. Enumerable.Range(0, exit.FragmentCount).Select(index => exit.Fragment(index).ToString())];
}
