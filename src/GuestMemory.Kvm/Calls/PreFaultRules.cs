namespace GuestMemory.Kvm;

/// <summary>KVM_PRE_FAULT_MEMORY: the checks before the first page, in the kernel's order.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 19; kvm-api, KVM_PRE_FAULT_MEMORY.</remarks>
internal static class PreFaultRules
{
    private const string Call = "KVM_PRE_FAULT_MEMORY";
    private const string Findings = "kvm-recordings, FINDINGS 19";

    /// <summary>The checks.</summary>
    public static RuleTable<PreFaultCall, Errno> Checks { get; } = new(
        new(Call + "/exists", "kvm-api, KVM_PRE_FAULT_MEMORY", "a call the kernel lacks", RefusesExists, Errno.EINVAL),
        new(Call + "/flags", Findings, "flags that mean nothing yet", RefusesFlags, Errno.EINVAL),
        new(Call + "/address-alignment", Findings, "part of a page", RefusesAddressAlignment, Errno.EINVAL),
        new(Call + "/size-alignment", Findings, "part of a page", RefusesSizeAlignment, Errno.EINVAL),
        new(Call + "/wrap", Findings, "an empty range, or one around the end", RefusesWrap, Errno.EINVAL),
        new(Call + "/two-dimensional-paging", "kvm-recordings, FINDINGS 16", "pre-fault without nested tables", RefusesTwoDimensionalPaging, Errno.EOPNOTSUPP));

    private static bool RefusesExists(ref PreFaultCall call) => !call.Profile.HasPreFault;

    private static bool RefusesFlags(ref PreFaultCall call) => call.Flags != 0;

    private static bool RefusesAddressAlignment(ref PreFaultCall call) => (call.Address & 0xfff) != 0;

    private static bool RefusesSizeAlignment(ref PreFaultCall call) => (call.Size & 0xfff) != 0;

    private static bool RefusesWrap(ref PreFaultCall call) => unchecked(call.Address + call.Size) <= call.Address;

    private static bool RefusesTwoDimensionalPaging(ref PreFaultCall call) => !call.Host.TwoDimensionalPaging;
}
