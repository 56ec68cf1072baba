using Xunit;

namespace GuestMemory.Kvm.Tests.Calls;

/// <summary>mmap(2) of files: kinds of file x offsets x lengths x rights x sharing x kernel.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 11 and 16; posix, mmap.</remarks>
public sealed class MmapTests
{
    private const HostRights ReadWrite = HostRights.Read | HostRights.Write;
    private static readonly long[] s_offsets = [long.MinValue, -0x1000, -1, 0, 1, 0x1000, 0x100000, long.MaxValue - 0xfff];
    private static readonly ulong[] s_lengths = [0, 1, 0x1000, 0x11000, 1UL << 46, 1UL << 47, 1UL << 63, ulong.MaxValue - 0xfff, ulong.MaxValue];

    public static TheoryData<KernelProfile> Profiles => [.. KernelProfile.All];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_mapping_is_answered_in_the_order_of_the_findings(KernelProfile profile)
    {
        var world = new World(vmType: profile.GuestMemfdInAnyVm ? 0UL : 1UL, profile: profile);
        int[] files =
        [
            world.File(), .. profile.MapsGuestMemfd ? new[] { world.File(1), world.File(2), world.File(3) } : [], world.Vm, world.Kvm.SystemDescriptor,
        ];
        var before = world.Kvm.Fingerprint();
        var state = world.Kvm.WriteState().ToArray();
        foreach (var file in files)
        {
            foreach (var offset in s_offsets)
            {
                foreach (var length in s_lengths)
                {
                    foreach (var rights in new[] { HostRights.None, HostRights.Read, ReadWrite, ReadWrite | HostRights.Execute })
                    {
                        foreach (var isShared in new[] { true, false })
                        {
                            var result = world.Kvm.Mmap(file, offset, length, rights, isShared);

                            var expected = Expected(world, file, offset, length, rights, isShared);
                            Assert.True(expected == result.DecidedBy?.Id, $"{file} {offset} {length} {rights} {isShared}: {result}");
                            Assert.Equal(!result.IsSuccess, before == world.Kvm.Fingerprint());
                            world.Kvm.ReadState(state);
                        }
                    }
                }
            }
        }
    }

    private static string? Expected(World world, int file, long offset, ulong length, HostRights rights, bool isShared)
    {
        world.Kvm.Descriptors.TryGet(file, out _, out var open);
        var isGuestMemfd = open.Kind == OpenFileKind.GuestMemfd;
        var isMappable = isGuestMemfd && world.Machine.File(open.Object).Store.Properties.HostMappable;
        var pages = (length >> 12) + (length % 4096 == 0 ? 0UL : 1);
        var noExecution = isGuestMemfd && world.Kvm.Profile.GuestMemfdForbidsExecution && rights.HasFlag(HostRights.Execute);
        return (offset % 4096 != 0, pages, offset < 0) switch
        {
            (true, _, _) => "mmap/offset-alignment",
            (_, 0, _) => "mmap/empty",
            (_, 1UL << 52, _) => "mmap/length-wrap",
            (_, >= 1UL << 35, _) => "mmap/address-space",
            (_, _, true) => "mmap/file-range",
            _ when (ulong)(offset >> 12) + pages > (1UL << 51) - 1 => "mmap/file-range",
            _ when noExecution => "mmap/execute",
            _ when !isMappable => "mmap/unmappable",
            _ when !isShared => "mmap/private",
            _ => null,
        };
    }

    // kvm-recordings, FINDINGS 11: a mapping may reach beyond the file; touching there is SIGBUS.
    [Fact]
    public void A_mapping_beyond_the_end_of_its_file_has_no_page_there()
    {
        var world = new World(vmType: 0);
        var address = world.Kvm.Mmap(world.File(3), 0, World.FileSize + World.Page, ReadWrite, isShared: true).Value;

        Assert.Equal(HostFault.None, world.Kvm.Store(address + World.FileSize - 8, 8, 1));
        Assert.Equal(HostFault.NoPage, world.Kvm.Load(address + World.FileSize, 8, out _));
    }

    // kvm-recordings, FINDINGS 11: MMAP without INIT_SHARED maps, but its pages are private and never touched by the host.
    [Fact]
    public void A_mapping_of_private_pages_has_no_page_anywhere()
    {
        var world = new World();
        var file = world.File(1);
        World.Done(world.Kvm.Fallocate(file, 1, 0, (long)World.FileSize));
        var address = world.Kvm.Mmap(file, 0, World.FileSize, ReadWrite, isShared: true).Value;
        var before = world.Kvm.Fingerprint();

        Assert.Equal(HostFault.NoPage, world.Kvm.Load(address, 8, out _));
        Assert.Equal(HostFault.NoPage, world.Kvm.Store(address, 8, 1));
        Assert.Equal(Errno.EFAULT, world.Kvm.CopyFrom(address, out _).Errno);
        Assert.Equal(Errno.EFAULT, world.Kvm.CopyTo(address, 1).Errno);
        Assert.Equal(before, world.Kvm.Fingerprint());
    }

    // kvm-recordings, p07 kernel_copies: the bytes on the first page are written though the copy fails, as KvmHost.CopyPartialEffect says.
    [Fact]
    public void A_copy_that_fails_on_its_second_page_leaves_its_bytes_on_the_first()
    {
        var (partial, whole) = (new World(), new World());
        var end = partial.Memory + World.FileSize;

        var result = partial.Kvm.CopyTo(end - 4, 0x1122_3344_5566_7788);
        Assert.Equal(HostFault.None, whole.Kvm.Store(end - 4, 4, 0x5566_7788));

        Assert.Equal((Errno.EFAULT, "copy/fault"), (result.Errno, result.DecidedBy!.Id));
        Assert.Equal(whole.Kvm.Fingerprint(), partial.Kvm.Fingerprint());
        Assert.Equal("the bytes on the first page", KvmHost.CopyPartialEffect.Stays);
    }

    // kvm-recordings, FINDINGS 22; posix: what is refused on a mapping changes nothing.
    [Fact]
    public void Refused_work_on_addresses_changes_nothing()
    {
        var world = new World();
        var file = world.File(1);
        var address = world.Kvm.Mmap(file, 0, World.FileSize, ReadWrite, isShared: true).Value;
        var before = world.Kvm.Fingerprint();

        KvmResult[] results =
        [
            world.Kvm.Munmap(address + 1, World.Page), world.Kvm.Munmap(address, 0), world.Kvm.Munmap(0xffff_8000_0000_0000, World.Page), world.Kvm.Munmap(address, ulong.MaxValue),
            world.Kvm.Mprotect(address + 1, World.Page, HostRights.Read), world.Kvm.Mprotect(0x1000, World.Page, HostRights.Read),
            world.Kvm.Mprotect(address, World.Page, HostRights.Execute), world.Kvm.Mlock(0x1000, World.Page), world.Kvm.Mincore(address + 1, World.Page, out _),
            world.Kvm.Mincore(0x1000, World.Page, out _), world.Kvm.Madvise(address + 1, World.Page, MemoryAdvice.DontNeed, out _),
            world.Kvm.Madvise(0x1000, World.Page, MemoryAdvice.DontNeed, out _), world.Kvm.Madvise(address, World.Page, MemoryAdvice.Free, out _),
            world.Kvm.Madvise(address, World.Page, MemoryAdvice.Mergeable, out _), world.Kvm.Madvise(address, World.Page, MemoryAdvice.Collapse, out _),
            world.Kvm.Madvise(address, World.Page, MemoryAdvice.PopulateRead, out _), world.Kvm.Madvise(address, World.Page, MemoryAdvice.HwPoison, out _),
        ];

        Assert.All(results, result => Assert.False(result.IsSuccess));
        Assert.All(results, result => Assert.NotNull(result.DecidedBy));
        Assert.Equal(before, world.Kvm.Fingerprint());
    }
}
