namespace GuestMemory.Kvm;

/// <summary>KVM_CREATE_GUEST_MEMFD: the checks in the kernel's order.</summary>
internal static class GuestMemfdRules
{
    /// <summary>GUEST_MEMFD_FLAG_MMAP.</summary>
    public const ulong Mmap = 1;

    /// <summary>GUEST_MEMFD_FLAG_INIT_SHARED.</summary>
    public const ulong InitShared = 2;

    private const string Call = "KVM_CREATE_GUEST_MEMFD";

    /// <summary>The checks.</summary>
    public static RuleTable<GuestMemfdCall, Errno> Checks { get; } = new(
        new(Call + "/flags", "kvm-recordings, FINDINGS 13", "flags the kernel or the VM's kind does not know", RefusesFlags, Errno.EINVAL, CheckClass.Security),
        new(Call + "/size", "kvm-recordings, FINDINGS 12", "an empty file, or one beyond 63 bits", RefusesSize, Errno.EINVAL),
        new(Call + "/size-alignment", "kvm-recordings, FINDINGS 12", "part of a page", RefusesSizeAlignment, Errno.EINVAL));

    private static bool RefusesFlags(ref GuestMemfdCall call) => (call.Flags & ~call.KnownFlags) != 0;

    private static bool RefusesSize(ref GuestMemfdCall call) => unchecked((long)call.Size) <= 0;

    private static bool RefusesSizeAlignment(ref GuestMemfdCall call) => (call.Size & 0xfff) != 0;
}
