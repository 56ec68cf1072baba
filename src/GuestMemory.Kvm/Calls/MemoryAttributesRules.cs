namespace GuestMemory.Kvm;

/// <summary>KVM_SET_MEMORY_ATTRIBUTES: the checks in the kernel's order.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 13 and 14; kvm-api, KVM_SET_MEMORY_ATTRIBUTES.</remarks>
internal static class MemoryAttributesRules
{
    private const string Call = "KVM_SET_MEMORY_ATTRIBUTES";
    private const string Findings = "kvm-recordings, FINDINGS 14";

    /// <summary>The checks.</summary>
    public static RuleTable<MemoryAttributesCall, Errno> Checks { get; } = new(
        new(Call + "/built-in", "kvm-recordings, FINDINGS 13", "a call the kernel lacks", RefusesBuiltIn, Errno.ENOTTY),
        new(Call + "/flags", Findings, "flags that mean nothing yet", RefusesFlags, Errno.EINVAL),
        new(Call + "/attributes", "kvm-recordings, FINDINGS 13", "private memory in a VM that has none", RefusesAttributes, Errno.EINVAL, CheckClass.Security),
        new(Call + "/empty", Findings, "an empty range", RefusesEmpty, Errno.EINVAL),
        new(Call + "/wrap", Findings, "a range around the end", RefusesWrap, Errno.EINVAL),
        new(Call + "/address-alignment", Findings, "part of a page", RefusesAddressAlignment, Errno.EINVAL),
        new(Call + "/size-alignment", Findings, "part of a page", RefusesSizeAlignment, Errno.EINVAL));

    private static bool RefusesBuiltIn(ref MemoryAttributesCall call) => !call.IsBuiltIn;

    private static bool RefusesFlags(ref MemoryAttributesCall call) => call.Flags != 0;

    private static bool RefusesAttributes(ref MemoryAttributesCall call) => (call.Attributes & ~call.KnownAttributes) != 0;

    private static bool RefusesEmpty(ref MemoryAttributesCall call) => call.Size == 0;

    private static bool RefusesWrap(ref MemoryAttributesCall call) => unchecked(call.Address + call.Size) < call.Address;

    private static bool RefusesAddressAlignment(ref MemoryAttributesCall call) => (call.Address & 0xfff) != 0;

    private static bool RefusesSizeAlignment(ref MemoryAttributesCall call) => (call.Size & 0xfff) != 0;
}
