using Xunit;

namespace GuestMemory.Kvm.Tests.Calls;

/// <summary>KVM_PRE_FAULT_MEMORY: addresses x sizes x flags x host x kernel, and what it leaves when it stops early.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 19 and 20.</remarks>
public sealed class PreFaultTests
{
    private static readonly ulong[] s_numbers = [0, 1, 0xfff, 0x1000, 0x1001, World.At, ulong.MaxValue - 0x1fff, ulong.MaxValue - 0xfff, ulong.MaxValue];

    public static TheoryData<KernelProfile, bool> Kernels => new()
    {
        { KernelProfile.Linux6Dot8, true },
        { KernelProfile.Linux6Dot12, true },
        { KernelProfile.Linux6Dot18, false },
        { KernelProfile.Linux7Dot3, true },
        { KernelProfile.Linux7Dot3, false },
    };

    // Not recorded: a guest of these kernels never wants another kind than the attribute says.
    [Fact]
    public void A_page_of_the_other_kind_than_wanted_is_refused_by_the_rule_of_KVM_RUN()
    {
        var world = new World(AlwaysPrivateVm.Type, technology: AlwaysPrivateVm.Instance);
        world.FileSlot();
        var (address, size) = (World.At, World.Page);

        var result = world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, 0, out _);

        Assert.Equal((Errno.EFAULT, "KVM_RUN/wrong-kind"), (result.Errno, result.DecidedBy?.Id));
        Assert.Equal((World.At, World.Page), (address, size));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Arguments_are_refused_in_order_and_change_nothing(KernelProfile profile, bool twoDimensionalPaging)
    {
        var world = new World(profile: profile, host: new() { TwoDimensionalPaging = twoDimensionalPaging });
        var before = world.Kvm.Fingerprint();
        var refused = 0;
        foreach (var address in s_numbers)
        {
            foreach (var size in s_numbers)
            {
                foreach (var flags in new ulong[] { 0, 1 })
                {
                    if (Expected(world.Kvm, address, size, flags) is not { } expected)
                    {
                        continue;
                    }

                    var (left, start) = (size, address);
                    var result = world.Kvm.PreFaultMemory(world.Vm, ref start, ref left, flags, out var signalled);

                    Assert.Equal(expected, result.DecidedBy?.Id);
                    Assert.Equal((address, size, false), (start, left, signalled));
                    Assert.Equal(before, world.Kvm.Fingerprint());
                    refused++;
                }
            }
        }

        Assert.Equal(profile.HasPreFault && twoDimensionalPaging ? 162 - 10 : 162, refused);
    }

    private static string? Expected(KvmHost kvm, ulong address, ulong size, ulong flags)
    {
        const string call = "KVM_PRE_FAULT_MEMORY/";
        return (kvm.Profile.HasPreFault, flags, address % 4096, size % 4096, unchecked(address + size) <= address) switch
        {
            (false, _, _, _, _) => call + "exists",
            (_, not 0, _, _, _) => call + "flags",
            (_, _, not 0, _, _) => call + "address-alignment",
            (_, _, _, not 0, _) => call + "size-alignment",
            (_, _, _, _, true) => call + "wrap",
            _ => kvm.Host.TwoDimensionalPaging ? null : call + "two-dimensional-paging",
        };
    }

    // KvmHost.PreFaultPartialEffect: the pages before the failing one stay, and the argument holds the rest.
    [Fact]
    public void A_range_that_fails_after_its_first_page_is_done_up_to_there()
    {
        var (partial, whole) = (WithFileSlot(), WithFileSlot());
        partial.Convert(World.At, 8 * World.Page);
        whole.Convert(World.At, 8 * World.Page);

        var (address, size) = (World.At, 6 * World.Page);
        var result = partial.Kvm.PreFaultMemory(partial.Vm, ref address, ref size, 0, out _);
        var (wholeAddress, wholeSize) = (World.At, World.SlotSize);
        World.Done(whole.Kvm.PreFaultMemory(whole.Vm, ref wholeAddress, ref wholeSize, 0, out _));

        Assert.Equal(Errno.OK, result.Errno);
        Assert.Equal((World.At + World.SlotSize, 2 * World.Page), (address, size));
        Assert.Equal(whole.Kvm.Fingerprint(), partial.Kvm.Fingerprint());
        Assert.Equal("the pages before it, and the range's rest in the argument", KvmHost.PreFaultPartialEffect.Stays);
    }

    // kvm-recordings, FINDINGS 1: at a shared page without a slot it leaves the mark that a load there leaves, and nothing else.
    [Fact]
    public void A_pre_fault_of_device_memory_leaves_what_a_load_of_it_leaves()
    {
        var (preFaulted, loaded) = (new World(), new World());

        var (address, size) = (World.At, World.Page);
        Assert.Equal(Errno.ENOENT, preFaulted.Kvm.PreFaultMemory(preFaulted.Vm, ref address, ref size, 0, out _).Errno);
        loaded.Load(World.At);

        Assert.Equal(loaded.Kvm.Fingerprint(), preFaulted.Kvm.Fingerprint());
    }

    // kvm-recordings, FINDINGS 19.
    [Fact]
    public void A_private_page_without_a_file_is_a_bad_address()
    {
        var world = new World();
        world.Set(world.Region);
        world.Convert(World.At, World.Page);

        var (address, size) = (World.At, World.Page);
        var result = world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, 0, out _);

        Assert.Equal((Errno.EFAULT, CoreRules.NoBacking), (result.Errno, result.DecidedBy));
    }

    // kvm-recordings, FINDINGS 20: on 6.12, in an ordinary VM, after a slot removal and before the vCPU ran again.
    [Theory]
    [InlineData("6.12", 0, Errno.EINTR)]
    [InlineData("6.12", 1, Errno.ENOENT)]
    [InlineData("7.3", 0, Errno.ENOENT)]
    [InlineData("7.3", 1, Errno.ENOENT)]
    public void Pre_fault_on_an_obsolete_root_never_ends_on_6_12(string kernel, ulong vmType, Errno expected)
    {
        var world = new World(vmType, KernelProfile.ForRelease(kernel + ".0"));
        world.Set(world.Region);
        world.Load(World.At);
        world.Delete(1);

        var (address, size) = (World.At, World.Page);
        Assert.Equal(expected, world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, 0, out _).Errno);

        world.Load(World.At);
        Assert.Equal(Errno.ENOENT, world.Kvm.PreFaultMemory(world.Vm, ref address, ref size, 0, out _).Errno);
    }

    private static World WithFileSlot()
    {
        var world = new World();
        world.FileSlot();
        return world;
    }
}
