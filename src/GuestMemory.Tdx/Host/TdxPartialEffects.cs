namespace GuestMemory.Tdx;

/// <summary>What the host leaves of an operation for a TD that memory or the module stopped on its way.</summary>
public static class TdxPartialEffects
{
    /// <summary>A page of the launch that is not the TD's.</summary>
    public static PartialEffect LaunchPage { get; } = new(
        "KVM_TDX_INIT_MEM_REGION", "memory runs out", "the pages before it; the page in the file, allocated and nobody's; the tables made for it", "linux-kvm-tdx, populate");

    /// <summary>A call of the guest that needs a page and does not get it.</summary>
    public static PartialEffect GuestCall { get; } = new(
        "KVM_RUN", "memory runs out, or a signal is pending, after the guest was inside", "the module's books of the vCPU's run", "linux-kvm-tdx, faults");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PartialEffect> All { get; } = [LaunchPage, GuestCall];
}
