namespace GuestMemory.Rmp;

/// <summary>What careful guests and hosts do by themselves: no hardware asks for it. Each was once forgotten; switched off, the software is as it was then.</summary>
public static class SnpConductRules
{
    /// <summary>A guest looks at the carry flag of PVALIDATE.</summary>
    public static Rule Carry { get; } = new("SNP_GUEST/carry", "coconut-svsm, issue 209", "a page validated twice that nobody saw");

    /// <summary>A guest that asked for 2M and met smaller entries goes on page by page.</summary>
    public static Rule SmallerPages { get; } = new("SNP_GUEST/smaller-pages", "coconut-svsm, issue 512", "a guest that ends where its host has small pages");

    /// <summary>A guest sends what it asks its host for before it accepts it.</summary>
    public static Rule Send { get; } = new("SNP_GUEST/send", "coconut-svsm, issue 100", "pages accepted that the host was not asked for");

    /// <summary>A launch is finished with every vCPU locked.</summary>
    public static Rule VcpuLock { get; } = new(
        "KVM_SEV_SNP_LAUNCH_FINISH/vcpu-lock", "linux-kvm-sev, CVE-2026-31591", "registers written to a save area that is being given away");

    /// <summary>A fault on a page that was split maps it anew.</summary>
    public static Rule MapAnew { get; } = new("SNP_HOST/map-anew", "linux-kvm-sev, RMP faults", "a fault taken again and again");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Rule> All { get; } = [Carry, SmallerPages, Send, VcpuLock, MapAnew];
}
