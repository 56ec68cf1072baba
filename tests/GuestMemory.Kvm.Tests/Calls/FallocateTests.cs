using Xunit;

namespace GuestMemory.Kvm.Tests.Calls;

/// <summary>fallocate(2) of a guest_memfd: every mode with every kind of range.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 6.</remarks>
public sealed class FallocateTests
{
    private const long Size = (long)World.FileSize;
    private const long Page = 0x1000;

    // Unaligned offset x length as a grid (exemplar 17), with the edges of the file and of 63 bits.
    private static readonly long[] s_numbers =
    [
        long.MinValue, -Page, -1, 0, 1, Page - 1, Page, Size - Page, Size, Size + Page, long.MaxValue - 0xfff, long.MaxValue,
    ];

    public static TheoryData<KernelProfile> Profiles => [.. KernelProfile.All];

    // The numbers by errno are pinned: 256 modes x 12 offsets x 12 lengths.
    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_mode_and_range_is_answered_in_the_order_of_the_findings(KernelProfile profile)
    {
        var world = new World(profile: profile);
        var file = world.File();
        var counts = new SortedDictionary<Errno, int>();
        for (var mode = 0UL; mode < 256; mode++)
        {
            foreach (var offset in s_numbers)
            {
                foreach (var length in s_numbers)
                {
                    var result = world.Kvm.Fallocate(file, mode, offset, length);

                    Assert.True(Expected(profile, mode, offset, length) == result.Errno, $"mode 0x{mode:x} offset {offset} length {length}: {result}");
                    counts[result.Errno] = counts.GetValueOrDefault(result.Errno) + 1;
                }
            }
        }

        Assert.Equal(256 * 144, counts.Values.Sum());
        Assert.Equal(ExpectedCounts(profile), counts);
    }

    [Fact]
    public void What_is_refused_changes_nothing()
    {
        var world = new World();
        var file = world.File();
        World.Done(world.Kvm.Fallocate(file, 1, Page, 2 * Page));
        var before = world.Kvm.Fingerprint();
        foreach (var mode in new ulong[] { 0, 1, 2, 3, 8, 0x11, 0x13, 0x20, 0x40, 0x80 })
        {
            foreach (var offset in s_numbers)
            {
                foreach (var length in s_numbers)
                {
                    if (!world.Kvm.Fallocate(file, mode, offset, length).IsSuccess)
                    {
                        Assert.Equal(before, world.Kvm.Fingerprint());
                    }
                    else
                    {
                        World.Done(world.Kvm.Fallocate(file, 3, 0, Size));
                        World.Done(world.Kvm.Fallocate(file, 1, Page, 2 * Page));
                    }
                }
            }
        }
    }

    // kvm-recordings, FINDINGS 6: allocating past the end is refused, punching there is not.
    [Fact]
    public void Punching_beyond_the_end_is_fine_and_frees_what_lies_before_it()
    {
        var world = new World();
        var file = world.File();
        World.Done(world.Kvm.Fallocate(file, 1, 0, Size));

        World.Done(world.Kvm.Fallocate(file, 3, Size - Page, 1000 * Page));

        Assert.NotNull(world.FrameOf(file, 14));
        Assert.Null(world.FrameOf(file, 15));
    }

    // guest-memfd, allocation: the pages before the failing one stay, as BackingStore.AllocatePartialEffect says.
    // posix, fallocate: what is punched reads zero, wherever its page was.
    [Fact]
    public void Part_of_a_page_that_is_written_out_is_zeroed_too()
    {
        var world = new World();
        var memfd = World.Done(world.Kvm.CreateMemfd(World.Page));
        var mapped = world.Kvm.Mmap(memfd, 0, World.Page, HostRights.Read | HostRights.Write, isShared: true).Value;
        world.Kvm.Store(mapped, 8, 0x1122334455667788);
        world.Kvm.Descriptors.TryGet(memfd, out _, out var file);
        Assert.True(world.Machine.Store(file.Object).SwapOut(default).IsSuccess);

        World.Done(world.Kvm.Fallocate(memfd, 3, 0, 4));

        Assert.Equal(HostFault.None, world.Kvm.Load(mapped, 8, out var value));
        Assert.Equal(0x1122334400000000UL, value);
    }

    [Fact]
    public void Out_of_frames_keeps_the_pages_allocated_before()
    {
        var (partial, partialFile) = Small();
        var (whole, wholeFile) = Small();

        var result = partial.Kvm.Fallocate(partialFile, 1, 0, Size);
        World.Done(whole.Kvm.Fallocate(wholeFile, 1, 0, 7 * Page));

        Assert.Equal((Errno.ENOMEM, CoreRules.OutOfFrames), (result.Errno, result.DecidedBy));
        Assert.Equal(whole.Kvm.Fingerprint(), partial.Kvm.Fingerprint());
        Assert.Equal("pages allocated before the failing one", BackingStore.AllocatePartialEffect.Stays);
    }

    // A machine of 8 frames, one of them the kernel's zero page.
    private static (World World, int File) Small()
    {
        var world = new World(frames: 8);
        return (world, world.File());
    }

    // FINDINGS 6, read once more: 1 sign and emptiness, 2 modes the VFS knows, 3 the 63 bits, 4 modes of guest_memfd, 5 alignment, 6 the end.
    private static Errno Expected(KernelProfile profile, ulong mode, long offset, long length)
    {
        var known = mode is 0 or 1 or 3 or 8 or 0x10 or 0x11 or 0x20 or 0x40 or 0x41 || (mode == 0x80 && profile.KnowsWriteZeroes);
        var isOurs = mode is 1 or 3;
        return (offset < 0 || length <= 0, known, offset > 0 && length > long.MaxValue - offset, isOurs) switch
        {
            (true, _, _, _) => Errno.EINVAL,
            (_, false, _, _) => Errno.EOPNOTSUPP,
            (_, _, true, _) => Errno.EFBIG,
            (_, _, _, false) => Errno.EOPNOTSUPP,
            _ when offset % Page != 0 || length % Page != 0 => Errno.EINVAL,
            _ when mode == 1 && offset + length > Size => Errno.EINVAL,
            _ => Errno.OK,
        };
    }

    private static SortedDictionary<Errno, int> ExpectedCounts(KernelProfile profile)
    {
        // Half of the ranges are before the file or empty; 24 of the others go beyond 63 bits; 27 of the last 48, for two modes, are fine.
        var beyond = (profile.KnowsWriteZeroes ? 10 : 9) * 24;
        return new() { [Errno.OK] = 27, [Errno.EINVAL] = (256 * 72) + 69, [Errno.EFBIG] = beyond, [Errno.EOPNOTSUPP] = (256 * 72) - 96 - beyond };
    }
}
