using Xunit;

namespace GuestMemory.Kvm.Tests.Calls;

/// <summary>KVM_SET_USER_MEMORY_REGION2: every argument fault alone and in pairs; the earlier check wins, and nothing changes.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 8 and 16.</remarks>
public sealed class MemoryRegionTests
{
    private const uint Occupied = 6;
    private const ulong OccupiedAt = 4 * World.At;
    private const ulong OccupiedOffset = 12 * World.Page;

    // A VM without private memory has file slots from 6.18 on.
    public static TheoryData<KernelProfile, ulong> Kernels => new()
    {
        { KernelProfile.Linux6Dot8, 1 },
        { KernelProfile.Linux6Dot12, 1 },
        { KernelProfile.Linux6Dot18, 1 },
        { KernelProfile.Linux6Dot18, 0 },
        { KernelProfile.Linux7Dot3, 1 },
        { KernelProfile.Linux7Dot3, 0 },
    };

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_single_fault_is_refused_by_its_own_check(KernelProfile profile, ulong vmType)
    {
        var grid = new Grid(profile, vmType);

        foreach (var fault in grid.Faults)
        {
            grid.RefusesBy(fault, fault.Apply(grid.Good));
        }

        Assert.Equal(18, grid.Refused);
        World.Done(grid.World.Kvm.SetUserMemoryRegion2(grid.World.Vm, grid.Good));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Of_two_faults_the_one_checked_earlier_decides(KernelProfile profile, ulong vmType)
    {
        var grid = new Grid(profile, vmType);

        for (var first = 0; first < grid.Faults.Length; first++)
        {
            for (var second = first + 1; second < grid.Faults.Length; second++)
            {
                var (earlier, later) = (grid.Faults[first], grid.Faults[second]);
                if (earlier.GoesWith(later))
                {
                    grid.RefusesBy(earlier, earlier.With(later, grid.Good));
                }
            }
        }

        Assert.Equal(144, grid.Refused);
    }

    // kvm-recordings, p06 modify and p05 immutable: what of a live slot cannot be changed, alone and in pairs.
    [Fact]
    public void A_live_slot_changes_only_its_place_and_its_log()
    {
        var world = new World();
        world.Set(world.Region);
        world.Set(world.Region with { Slot = Occupied, GuestPhysicalAddress = OccupiedAt });
        Fault[] faults =
        [
            new("immutable", 'f', AddsBits: true, region => region with { Flags = region.Flags | 4 }),
            new("change-address", 'h', AddsBits: false, region => region with { UserspaceAddress = region.UserspaceAddress + World.Page }),
            new("change-size", 's', AddsBits: false, region => region with { MemorySize = World.Page }),
            new("change-flags", 'r', AddsBits: false, region => region with { Flags = region.Flags | MemoryRegion.ReadOnly }),
            new("gpa-overlap", 'g', AddsBits: false, region => region with { GuestPhysicalAddress = OccupiedAt + (3 * World.Page) }),
        ];
        var grid = new Grid(world, world.Region, faults);

        for (var first = 0; first < faults.Length; first++)
        {
            grid.RefusesBy(faults[first], faults[first].Apply(grid.Good));
            for (var second = first + 1; second < faults.Length; second++)
            {
                // A guest_memfd flag beside READONLY is refused before the slot is looked at.
                if (faults[first].GoesWith(faults[second]) && (faults[first].Field, faults[second].Field) != ('f', 'r'))
                {
                    grid.RefusesBy(faults[first], faults[first].With(faults[second], grid.Good));
                }
            }
        }

        Assert.Equal(14, grid.Refused);
        world.Set(world.Region with { Flags = MemoryRegion.LogDirtyPages });
        world.Set(world.Region with { GuestPhysicalAddress = World.At + World.Page });
    }

    // KvmHost.MovePartialEffect: the one refusal that leaves something. The slot is taken out of use and put back.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_move_above_the_limit_leaves_the_slot_without_translations(ulong vmType)
    {
        var (refused, invalidated) = (Touched(vmType), Touched(vmType));

        var result = refused.Kvm.SetUserMemoryRegion2(refused.Vm, refused.Region with { GuestPhysicalAddress = 1UL << 40 });
        invalidated.Guest.InvalidateSlot(invalidated.Guest.Slots.FindById(1, 0)!, zapsAll: vmType == 0);
        var guest = invalidated.Kvm.GuestOf(invalidated.Guest.Id);
        guest.Generation++;
        if (vmType == 0)
        {
            guest.ZapAll();
        }

        Assert.Equal((Errno.EINVAL, "KVM_SET_USER_MEMORY_REGION2/gpa-limit"), (result.Errno, result.DecidedBy!.Id));
        Assert.False(refused.Guest.Mmu.TryTranslate(new(World.At >> 12), out _));
        Assert.Equal(invalidated.Kvm.Fingerprint(), refused.Kvm.Fingerprint());
        Assert.Equal(1UL, refused.Load(World.At).Value);
    }

    private static World Touched(ulong vmType)
    {
        var world = new World(vmType);
        world.Set(world.Region);
        world.Store(World.At, 1);
        return world;
    }

    // kvm-recordings, p05 delete_args: a deletion looks at form and presence only.
    [Fact]
    public void Deleting_looks_neither_at_the_descriptor_nor_at_the_slots_flags()
    {
        var world = new World();
        foreach (var flags in new ulong[] { 0, 1, 2, 4 })
        {
            world.FileSlot();
            world.Set(new(1, flags, 0x4d000, 0, 0, 0x1f4000, 500));
        }

        Assert.Null(world.Guest.Slots.FindById(1, 0));
    }

    // kvm-recordings, p04 old_ioctl: the first version neither makes nor deletes with the flag, but deletes such a slot.
    [Fact]
    public void The_first_version_deletes_a_file_slot_without_naming_its_flag()
    {
        var world = new World();
        world.FileSlot();

        Assert.Equal("KVM_SET_USER_MEMORY_REGION2/first-version-flags", world.Kvm.SetUserMemoryRegion(world.Vm, new(1, 4, 0, 0, 0)).DecidedBy!.Id);
        World.Done(world.Kvm.SetUserMemoryRegion(world.Vm, new(1, 0, 0, 0, 0)));
    }

    // kvm-recordings, p04 memfd_fields_without_flag.
    [Theory]
    [InlineData(-1, 0)]
    [InlineData(500, 0)]
    [InlineData(500, 1)]
    [InlineData(500, ulong.MaxValue)]
    public void Without_its_flag_the_file_is_not_looked_at(int descriptor, ulong offset)
    {
        var world = new World();

        world.Set(world.Region with { GuestMemfd = descriptor, GuestMemfdOffset = offset });
    }

    /// <summary>A world where a region can be wrong in every way, and what was tried on it.</summary>
    private sealed class Grid
    {
        private readonly UInt128 _before;

        public Grid(KernelProfile profile, ulong vmType)
        {
            World = new(vmType, profile);
            var file = World.File();
            var memfd = World.Done(World.Kvm.CreateMemfd(World.FileSize));
            var foreign = World.File(vm: World.Done(World.Kvm.CreateVm(vmType)));
            World.Set(World.Region with { Slot = Occupied, Flags = 4, GuestPhysicalAddress = OccupiedAt, GuestMemfd = file, GuestMemfdOffset = OccupiedOffset });
            Good = World.Region with { Flags = 4, GuestMemfd = file };
            Faults =
            [
                new("flags", 'f', AddsBits: false, region => region with { Flags = 12 }),
                new("size-alignment", 's', AddsBits: true, region => region with { MemorySize = region.MemorySize + 1 }),
                new("gpa-alignment", 'g', AddsBits: true, region => region with { GuestPhysicalAddress = region.GuestPhysicalAddress + 1 }),
                new("hva-alignment", 'h', AddsBits: true, region => region with { UserspaceAddress = region.UserspaceAddress + 1 }),
                new("hva-range", 'h', AddsBits: false, region => region with { UserspaceAddress = 0xffff_8000_0000_0000 }),
                new("offset-alignment", 'o', AddsBits: true, region => region with { GuestMemfdOffset = region.GuestMemfdOffset + 1 }),
                new("offset-wrap", 'o', AddsBits: false, region => region with { GuestMemfdOffset = unchecked(0 - World.Page) }),
                new("address-space", 'i', AddsBits: true, region => region with { Slot = region.Slot + 0x20000 }),
                new("slot-id", 'i', AddsBits: false, region => region with { Slot = 32764 }),
                new("gpa-wrap", 'g', AddsBits: false, region => region with { GuestPhysicalAddress = unchecked(0 - World.Page) }),
                new("size-limit", 's', AddsBits: false, region => region with { MemorySize = 1UL << 43 }),
                new("gpa-overlap", 'g', AddsBits: false, region => region with { GuestPhysicalAddress = OccupiedAt - World.Page }),
                new("descriptor", 'd', AddsBits: false, region => region with { GuestMemfd = 500 }),
                new("not-guest-memfd", 'd', AddsBits: false, region => region with { GuestMemfd = memfd }),
                new("other-vm", 'd', AddsBits: false, region => region with { GuestMemfd = foreign }),
                new("beyond-file", 'o', AddsBits: false, region => region with { GuestMemfdOffset = World.FileSize }),
                new("gpa-limit", 'g', AddsBits: false, region => region with { GuestPhysicalAddress = 1UL << 40 }),
                new("file-overlap", 'o', AddsBits: false, region => region with { GuestMemfdOffset = OccupiedOffset - World.Page }),
            ];
            _before = World.Kvm.Fingerprint();
        }

        public Grid(World world, MemoryRegion good, Fault[] faults) => (World, Good, Faults, _before) = (world, good, faults, world.Kvm.Fingerprint());

        public World World { get; }

        public MemoryRegion Good { get; }

        public Fault[] Faults { get; }

        public int Refused { get; private set; }

        public void RefusesBy(Fault fault, MemoryRegion region)
        {
            var result = World.Kvm.SetUserMemoryRegion2(World.Vm, region);

            Assert.True(result.DecidedBy?.Id == fault.Id, $"{region} is to be refused by {fault.Rule}: {result}");
            Assert.Equal(ErrnoOf(fault.Rule), result.Errno);
            Assert.True(_before == World.Kvm.Fingerprint(), $"{region} changed something: {result}");
            Refused++;
        }

        private Errno ErrnoOf(string rule) => rule switch
        {
            "gpa-overlap" => Errno.EEXIST,
            "descriptor" => Errno.EBADF,
            "file-overlap" => World.Kvm.Profile.BindingOverlap,
            _ => Errno.EINVAL,
        };
    }
}
