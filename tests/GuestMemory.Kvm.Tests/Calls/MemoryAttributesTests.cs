using Xunit;

namespace GuestMemory.Kvm.Tests.Calls;

/// <summary>KVM_SET_MEMORY_ATTRIBUTES: addresses x sizes x attributes x flags x kind of VM x host.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 13 and 14.</remarks>
public sealed class MemoryAttributesTests
{
    private static readonly ulong[] s_addresses = [0, 1, 0x1000, World.At, 1UL << 52, ulong.MaxValue - 0x1fff, ulong.MaxValue - 0xfff, ulong.MaxValue];
    private static readonly ulong[] s_sizes = [0, 1, 0x1000, 0x4000, 1UL << 52, ulong.MaxValue - 0xfff, ulong.MaxValue];

    public static TheoryData<ulong, bool, int> Hosts => new()
    {
        // VM type, call built in, how many of 8 x 7 x 4 x 2 combinations succeed.
        { 0, true, 14 },
        { 1, true, 28 },
        { 0, false, 0 },
        { 1, false, 0 },
    };

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Known_attributes_of_any_whole_range_below_the_last_page_are_accepted(ulong vmType, bool isBuiltIn, int accepted)
    {
        var world = new World(vmType, host: new() { MemoryAttributes = isBuiltIn });
        var succeeded = 0;
        foreach (var address in s_addresses)
        {
            foreach (var size in s_sizes)
            {
                foreach (var attributes in new ulong[] { 0, 1, 8, 9 })
                {
                    foreach (var flags in new ulong[] { 0, 1 })
                    {
                        var before = world.Kvm.Fingerprint();
                        var result = world.Kvm.SetMemoryAttributes(world.Vm, address, size, attributes, flags);

                        Assert.Equal(Expected(vmType, isBuiltIn, address, size, attributes, flags), result.DecidedBy?.Id);
                        Assert.Equal(isBuiltIn ? Errno.EINVAL : Errno.ENOTTY, result.IsSuccess ? Errno.EINVAL : result.Errno);
                        succeeded += result.IsSuccess ? 1 : 0;
                        if (!result.IsSuccess)
                        {
                            Assert.Equal(before, world.Kvm.Fingerprint());
                        }
                    }
                }
            }
        }

        Assert.Equal(accepted, succeeded);
    }

    private static string? Expected(ulong vmType, bool isBuiltIn, ulong address, ulong size, ulong attributes, ulong flags)
    {
        const string call = "KVM_SET_MEMORY_ATTRIBUTES/";
        var known = vmType == 1 ? 8UL : 0;
        return (isBuiltIn, flags, attributes & ~known, size, unchecked(address + size) < address) switch
        {
            (false, _, _, _, _) => call + "built-in",
            (_, not 0, _, _, _) => call + "flags",
            (_, _, not 0, _, _) => call + "attributes",
            (_, _, _, 0, _) => call + "empty",
            (_, _, _, _, true) => call + "wrap",
            _ when address % 4096 != 0 => call + "address-alignment",
            _ when size % 4096 != 0 => call + "size-alignment",
            _ => null,
        };
    }

    // kvm-recordings, FINDINGS 3: neither copied, zeroed nor freed.
    [Fact]
    public void Converting_there_and_back_shows_each_side_its_own_bytes()
    {
        var world = new World();
        world.FileSlot();
        world.Store(World.At, 0x5a5a);
        world.Convert(World.At, World.Page);
        Assert.Equal(0UL, world.Load(World.At).Value);
        world.Store(World.At, 0xbeef);

        world.Convert(World.At, World.Page, isPrivate: false);
        Assert.Equal(0x5a5aUL, world.Load(World.At).Value);
        world.Convert(World.At, World.Page);

        Assert.Equal(0xbeefUL, world.Load(World.At).Value);
    }

    // Setting what is there already begins no invalidation.
    [Fact]
    public void Setting_the_attributes_that_are_there_changes_nothing()
    {
        var world = new World();
        world.Convert(World.At, World.SlotSize);
        var before = world.Kvm.Fingerprint();

        world.Convert(World.At + World.Page, World.Page);
        world.Convert(3 * World.At, World.Page, isPrivate: false);

        Assert.Equal(before, world.Kvm.Fingerprint());
    }
}
