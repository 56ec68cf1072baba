using Xunit;

namespace GuestMemory.Kvm.Tests.Host;

/// <summary>Every row of the table of differences between kernels, as answers.</summary>
/// <remarks>
/// Source: kvm-recordings, FINDINGS 16. 6.12, 6.18 and 7.3 are recorded; what 6.18 says of VM type 1 is interpolated, for its recording
/// machine has none, and so is all of 6.8 (docs/model-boundary.md, MB-2).
/// </remarks>
public sealed class KernelProfileTests
{
    private const HostRights ReadExecute = HostRights.Read | HostRights.Execute;

    [Theory]
    [InlineData("6.8", Errno.EINVAL, 0)]
    [InlineData("6.12", Errno.EINVAL, 0)]
    [InlineData("6.18", Errno.OK, 3)]
    [InlineData("7.3", Errno.OK, 3)]
    public void Flags_of_create_guest_memfd(string kernel, Errno expected, ulong capability)
    {
        var world = Of(kernel, vmType: 0);

        Assert.Equal(expected, world.Kvm.CreateGuestMemfd(world.Vm, World.Page, 3).Errno);
        Assert.Equal(capability, world.Kvm.CheckExtension(world.Vm, 244).Value);
        Assert.Equal(capability, world.Kvm.CheckExtension(world.Kvm.SystemDescriptor, 244).Value);
    }

    [Theory]
    [InlineData("6.8", Errno.EINVAL, 0)]
    [InlineData("6.12", Errno.EINVAL, 0)]
    [InlineData("6.18", Errno.OK, 1)]
    [InlineData("7.3", Errno.OK, 1)]
    public void File_slots_of_an_ordinary_VM(string kernel, Errno expected, ulong capability)
    {
        var world = Of(kernel, vmType: 0);

        Assert.Equal(expected, world.Kvm.SetUserMemoryRegion2(world.Vm, world.Region with { Flags = 4, GuestMemfd = world.File() }).Errno);
        Assert.Equal(capability, world.Kvm.CheckExtension(world.Vm, 234).Value);
    }

    [Theory]
    [InlineData("6.8", Errno.EINVAL)]
    [InlineData("6.12", Errno.EINVAL)]
    [InlineData("6.18", Errno.EINVAL)]
    [InlineData("7.3", Errno.EEXIST)]
    public void A_second_slot_over_the_same_file_range(string kernel, Errno expected)
    {
        var world = Of(kernel);
        var file = world.FileSlot();

        var result = world.Kvm.SetUserMemoryRegion2(world.Vm, world.Region with { Slot = 2, Flags = 4, GuestPhysicalAddress = 2 * World.At, GuestMemfd = file });

        Assert.Equal((expected, "KVM_SET_USER_MEMORY_REGION2/file-overlap"), (result.Errno, result.DecidedBy!.Id));
    }

    [Theory]
    [InlineData("6.8", Errno.OK)]
    [InlineData("6.12", Errno.OK)]
    [InlineData("6.18", Errno.OK)]
    [InlineData("7.3", Errno.EINVAL)]
    public void An_offset_and_size_beyond_63_bits_over_a_huge_file(string kernel, Errno expected)
    {
        var world = Of(kernel);
        const ulong most = (1UL << 63) - World.Page;

        Assert.Equal(expected, world.Kvm.SetUserMemoryRegion2(world.Vm, world.Region with { Flags = 4, GuestMemfd = world.File(size: most), GuestMemfdOffset = most - World.Page }).Errno);
    }

    [Theory]
    [InlineData("6.8", Errno.ENODEV)]
    [InlineData("6.12", Errno.ENODEV)]
    [InlineData("6.18", Errno.EPERM)]
    [InlineData("7.3", Errno.EPERM)]
    public void An_executable_mapping_of_a_file_without_the_flag(string kernel, Errno expected)
    {
        var world = Of(kernel);

        Assert.Equal(expected, world.Kvm.Mmap(world.File(), 0, World.Page, ReadExecute, isShared: true).Errno);
    }

    // Recorded for 6.18 on a host where the call is not built in: the host's make, not the kernel's.
    [Theory]
    [InlineData("6.8", true, 0, Errno.OK)]
    [InlineData("6.8", true, 8, Errno.EINVAL)]
    [InlineData("6.12", true, 0, Errno.OK)]
    [InlineData("6.12", true, 8, Errno.EINVAL)]
    [InlineData("6.18", false, 0, Errno.ENOTTY)]
    [InlineData("6.18", false, 8, Errno.ENOTTY)]
    [InlineData("7.3", true, 0, Errno.OK)]
    [InlineData("7.3", true, 8, Errno.EINVAL)]
    public void Attributes_of_an_ordinary_VM(string kernel, bool isBuiltIn, ulong attributes, Errno expected)
    {
        var world = Of(kernel, vmType: 0, new() { MemoryAttributes = isBuiltIn });

        Assert.Equal(expected, world.Kvm.SetMemoryAttributes(world.Vm, World.At, World.Page, attributes).Errno);
    }

    [Theory]
    [InlineData("6.8", Errno.EOPNOTSUPP)]
    [InlineData("6.12", Errno.EOPNOTSUPP)]
    [InlineData("6.18", Errno.EFBIG)]
    [InlineData("7.3", Errno.EFBIG)]
    public void Writing_zeroes_beyond_63_bits(string kernel, Errno expected)
    {
        var world = Of(kernel);

        Assert.Equal(expected, world.Kvm.Fallocate(world.File(), 0x80, 0x1000, long.MaxValue - 0xfff).Errno);
    }

    // Recorded for 6.18 on a host without system management mode; a VM with private memory has one address space everywhere.
    [Theory]
    [InlineData("6.8", true, 0, Errno.OK)]
    [InlineData("6.12", true, 0, Errno.OK)]
    [InlineData("6.18", false, 0, Errno.EINVAL)]
    [InlineData("7.3", true, 0, Errno.OK)]
    [InlineData("7.3", true, 1, Errno.EINVAL)]
    public void Slots_of_the_second_address_space(string kernel, bool isBuiltIn, ulong vmType, Errno expected)
    {
        var world = Of(kernel, vmType, new() { SystemManagementMode = isBuiltIn });

        Assert.Equal(expected, world.Kvm.SetUserMemoryRegion2(world.Vm, world.Region with { Slot = 0x10001 }).Errno);
    }

    // Recorded for 6.18 on a host without nested tables.
    [Theory]
    [InlineData("6.8", true, Errno.EINVAL, 0)]
    [InlineData("6.12", true, Errno.OK, 1)]
    [InlineData("6.18", false, Errno.EOPNOTSUPP, 0)]
    [InlineData("6.18", true, Errno.OK, 1)]
    [InlineData("7.3", true, Errno.OK, 1)]
    public void Pre_fault(string kernel, bool twoDimensionalPaging, Errno expected, ulong capability)
    {
        var world = Of(kernel, host: new() { TwoDimensionalPaging = twoDimensionalPaging });
        world.Set(world.Region);
        var (address, size) = (World.At, World.Page);

        Assert.Equal(expected, world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, 0, out _).Errno);
        Assert.Equal(capability, world.Kvm.CheckExtension(world.Vm, 236).Value);
    }

    // "Same" in 6.12 and 7.3; interpolated for 6.8 and for 6.18 with nested tables.
    [Theory]
    [InlineData("6.8")]
    [InlineData("6.12")]
    [InlineData("6.18")]
    [InlineData("7.3")]
    public void Remembered_device_memory_and_the_emulators_bypass(string kernel)
    {
        var world = Of(kernel);
        world.Load(2 * World.At);
        world.FileSlot();
        world.Convert(2 * World.At, World.Page);
        world.Convert(World.At, World.Page);

        Assert.Equal("KVM_RUN/stale-mmio-mark", world.Load(2 * World.At).DecidedBy!.Id);
        Assert.Equal(ExitReason.Mmio, world.Store(World.At - 4, 0xaaaa_aaaa_bbbb_bbbb).Reason);
        world.Kvm.Load(world.Memory, 8, out var shared);
        Assert.Equal(0xaaaa_aaaaUL, shared);
    }

    // kvm-recordings, FINDINGS 17: that backend's guest accesses never reach the file.
    [Fact]
    public void A_host_that_emulates_every_access_reads_the_userspace_address()
    {
        var world = Of("6.18", vmType: 0, new() { GuestAccessPath = GuestAccessPath.UserspaceAddress });
        var file = world.FileSlot(3);
        world.Kvm.Store(world.Memory, 8, 0x41);

        Assert.Equal(0x41UL, world.Load(World.At).Value);
        Assert.Null(world.FrameOf(file, 0));
    }

    [Theory]
    [InlineData("6.12.107", "6.12")]
    [InlineData("6.18.44-fc-v657", "6.18")]
    [InlineData("7.3.4", "7.3")]
    [InlineData("6.8-rc1", "6.8")]
    public void A_release_names_its_profile(string release, string profile) => Assert.Equal(profile, KernelProfile.ForRelease(release).Name);

    [Theory]
    [InlineData("6.13.1")]
    [InlineData("6")]
    [InlineData("")]
    [InlineData("Linux 7.3")]
    public void A_release_without_a_profile_is_refused(string release) => Assert.Throws<FormatException>(() => KernelProfile.ForRelease(release));

    private static World Of(string kernel, ulong vmType = 1, HostConfiguration? host = null) => new(vmType, KernelProfile.ForRelease(kernel + ".0"), host);
}
