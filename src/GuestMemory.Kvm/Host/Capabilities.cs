namespace GuestMemory.Kvm;

/// <summary>KVM_CHECK_EXTENSION: each answer computed from the kernel's ways and the host's make.</summary>
/// <remarks>Source: kvm-recordings, the meta lines and p01 flags; kvm-api, KVM_CHECK_EXTENSION.</remarks>
internal static class Capabilities
{
    /// <summary>KVM_CAP_EXIT_HYPERCALL.</summary>
    public const int ExitHypercall = 201;

    /// <summary>Hypercalls that can leave: KVM_HC_MAP_GPA_RANGE.</summary>
    public const ulong ExitHypercallMask = 1UL << 12;

    private const int IrqChip = 1;
    private const int UserMemory = 3;
    private const int MemorySlots = 10;
    private const int ReadOnlyMemory = 81;
    private const int SystemManagementMode = 117;
    private const int MultiAddressSpace = 118;
    private const int UserMemory2 = 231;
    private const int MemoryFaultInfo = 232;
    private const int MemoryAttributes = 233;
    private const int GuestMemfd = 234;
    private const int VmTypes = 235;
    private const int PreFaultMemory = 236;
    private const int GuestMemfdFlags = 244;

    public static ulong Answer(KvmHost kvm, VirtualMachine? vm, int capability) => capability switch
    {
        IrqChip or UserMemory or ReadOnlyMemory or UserMemory2 or MemoryFaultInfo => 1,
        MemorySlots => MemoryRegionRules.UserSlots,
        SystemManagementMode => kvm.Host.SystemManagementMode ? 1UL : 0,
        MultiAddressSpace => vm is null ? (kvm.Host.SystemManagementMode ? 2UL : 1) : (ulong)kvm.AddressSpaces(vm),
        ExitHypercall => ExitHypercallMask,
        MemoryAttributes => kvm.KnownAttributes(vm),
        GuestMemfd => kvm.MayHaveGuestMemfd(vm) ? 1UL : 0,
        VmTypes => kvm.Host.VmTypes,
        PreFaultMemory => kvm.Profile.HasPreFault && kvm.Host.TwoDimensionalPaging ? 1UL : 0,
        GuestMemfdFlags => kvm.GuestMemfdFlags(vm),
        _ when kvm.Host.OtherCapabilities.TryGetValue(capability, out var answer) => answer,
        _ => throw new OutsideModelException("MB-11", $"KVM_CHECK_EXTENSION of capability {capability}"),
    };
}
