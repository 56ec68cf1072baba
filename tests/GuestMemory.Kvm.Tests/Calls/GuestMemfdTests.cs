using Xunit;

namespace GuestMemory.Kvm.Tests.Calls;

/// <summary>KVM_CREATE_GUEST_MEMFD: flags x size x kind of VM x kernel.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 12, 13 and 16.</remarks>
public sealed class GuestMemfdTests
{
    private static readonly ulong[] s_sizes =
    [
        0, 1, 0xfff, 0x1000, 0x1001, 0x10000, (1UL << 63) - 0x1000, (1UL << 63) - 1, 1UL << 63, ulong.MaxValue - 0xfff, ulong.MaxValue,
    ];

    public static TheoryData<KernelProfile, ulong, int> Kernels => new()
    {
        // Kernel, VM type, how many combinations of 16 flags and 11 sizes succeed: 3 sizes do.
        { KernelProfile.Linux6Dot8, 0, 3 },
        { KernelProfile.Linux6Dot8, 1, 3 },
        { KernelProfile.Linux6Dot12, 0, 3 },
        { KernelProfile.Linux6Dot12, 1, 3 },
        { KernelProfile.Linux6Dot18, 0, 12 },
        { KernelProfile.Linux6Dot18, 1, 6 },
        { KernelProfile.Linux7Dot3, 0, 12 },
        { KernelProfile.Linux7Dot3, 1, 6 },
    };

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Flags_of_the_VMs_kind_and_whole_pages_below_63_bits_are_accepted(KernelProfile profile, ulong vmType, int accepted)
    {
        var world = new World(vmType, profile);
        var before = world.Kvm.Fingerprint();
        var succeeded = 0;
        for (var flags = 0UL; flags < 16; flags++)
        {
            foreach (var size in s_sizes)
            {
                var result = world.Kvm.CreateGuestMemfd(world.Vm, size, flags);
                if (result.IsSuccess)
                {
                    succeeded++;
                    World.Done(world.Kvm.Close((int)result.Value));
                }

                Assert.Equal(before, world.Kvm.Fingerprint());
                Assert.Equal(Expected(profile, vmType, flags, size), result.DecidedBy?.Id);
            }
        }

        Assert.Equal(accepted, succeeded);
    }

    // Flags come before the size, an empty or too large file before its alignment.
    private static string? Expected(KernelProfile profile, ulong vmType, ulong flags, ulong size)
    {
        var known = profile.MapsGuestMemfd ? (vmType == 0 ? 3UL : 1UL) : 0;
        return (flags & ~known, unchecked((long)size)) switch
        {
            (not 0, _) => "KVM_CREATE_GUEST_MEMFD/flags",
            (_, <= 0) => "KVM_CREATE_GUEST_MEMFD/size",
            (_, var bytes) when bytes % 4096 != 0 => "KVM_CREATE_GUEST_MEMFD/size-alignment",
            _ => null,
        };
    }

    // kvm-recordings, FINDINGS 12.
    [Fact]
    public void A_new_file_says_its_size_and_no_blocks_whatever_is_allocated()
    {
        var world = new World();
        var file = world.File();
        World.Done(world.Kvm.Fallocate(file, 1, 0, 0x4000));

        World.Done(world.Kvm.Fstat(file, out var status));

        Assert.Equal(new FileStatus(World.FileSize, 0, 4096, FileStatus.PrivateFileMode, 1), status);
    }

    // kvm-recordings, FINDINGS 12: what a private file does not do, whatever is asked of it.
    [Fact]
    public void A_private_file_is_neither_read_nor_written_nor_resized_nor_reopened()
    {
        var world = new World();
        var file = world.File();
        var before = world.Kvm.Fingerprint();

        Assert.Equal(
            [Errno.EINVAL, Errno.EINVAL, Errno.ESPIPE, Errno.ESPIPE, Errno.ESPIPE, Errno.EINVAL, Errno.EINVAL, Errno.ENXIO],
            new[]
            {
                world.Kvm.Read(file), world.Kvm.Write(file), world.Kvm.Pread(file, 0), world.Kvm.Pwrite(file, 0), world.Kvm.Lseek(file, 2), world.Kvm.Lseek(file, 9),
                world.Kvm.Ftruncate(file), world.Kvm.Reopen(file),
            }.Select(result => result.Errno));
        Assert.Equal(before, world.Kvm.Fingerprint());
    }

    // posix, errors: a descriptor that is not open, for every call that takes one.
    [Fact]
    public void A_descriptor_that_is_not_open_is_refused_by_every_call()
    {
        var world = new World();
        var before = world.Kvm.Fingerprint();
        foreach (var descriptor in new[] { KvmHost.NeverOpen, 500, int.MaxValue, int.MinValue })
        {
            KvmResult[] results =
            [
                world.Kvm.CreateVcpu(descriptor), world.Kvm.CreateGuestMemfd(descriptor, 0x1000, 0), world.Kvm.SetUserMemoryRegion2(descriptor, world.Region),
                world.Kvm.SetUserMemoryRegion(descriptor, world.Region), world.Kvm.SetMemoryAttributes(descriptor, 0, 0x1000, 0), world.Kvm.GetDirtyLog(descriptor, 1, []),
                world.Kvm.EnableCapability(descriptor, 201, 0), world.Kvm.MemoryEncryptOp(descriptor, 0, []), world.Kvm.Dup(descriptor), world.Kvm.Reopen(descriptor),
                world.Kvm.Close(descriptor), world.Kvm.Fstat(descriptor, out _), world.Kvm.Read(descriptor), world.Kvm.Write(descriptor), world.Kvm.Pread(descriptor, 0),
                world.Kvm.Pwrite(descriptor, 0), world.Kvm.Lseek(descriptor, 0), world.Kvm.Ftruncate(descriptor), world.Kvm.Fallocate(descriptor, 1, 0, 0x1000),
                world.Kvm.Mmap(descriptor, 0, 0x1000, HostRights.Read, isShared: true),
            ];

            Assert.All(results, result => Assert.Equal((Errno.EBADF, "file/descriptor"), (result.Errno, result.DecidedBy!.Id)));
        }

        Assert.Equal(before, world.Kvm.Fingerprint());
    }
}
