namespace GuestMemory.Rmp;

/// <summary>What the host leaves of an operation for an SNP guest that the table, the firmware or memory stopped on its way.</summary>
public static class SnpPartialEffects
{
    /// <summary>A context page that was not wanted in the end, and came back.</summary>
    public static PartialEffect Context { get; } = new(
        "KVM_SEV_SNP_LAUNCH_START", "the firmware fails", "the direct map split around the page that was given and came back; the firmware's count of keys", "linux-ccp, firmware pages");

    /// <summary>A page that did not come back.</summary>
    public static PartialEffect LostPage { get; } = new(
        "KVM_SEV_SNP_LAUNCH_START, KVM_SEV_SNP_LAUNCH_FINISH", "a page cannot be given to the firmware, or does not come back from it", "the page, leaked", "linux-ccp, firmware pages");

    /// <summary>A page of the launch that is not the guest's.</summary>
    public static PartialEffect LaunchPage { get; } = new(
        "KVM_SEV_SNP_LAUNCH_UPDATE", "the table or the firmware refuses a page",
        "the pages before it; the page in the file with the VMM's bytes, on the leak list when it does not come back", "linux-kvm-sev, launch");

    /// <summary>Pages of a vCPU whose launch is not finished.</summary>
    public static PartialEffect FinishPages { get; } = new(
        "KVM_SEV_SNP_LAUNCH_FINISH", "memory, the table or the firmware fails", "the vCPU's pages made so far, which the next finish uses", "linux-kvm-sev, launch");

    /// <summary>A page that was taken for a guest that does not get it.</summary>
    public static PartialEffect UnpreparedPage { get; } = new(
        "KVM_RUN, KVM_PRE_FAULT_MEMORY", "the table refuses a page", "the page in the file, allocated and nobody's", "linux-kvm-sev, preparation");

    /// <summary>A repaired fault whose access is not made.</summary>
    public static PartialEffect SmashedPage { get; } = new(
        "KVM_RUN", "a signal is pending, or memory runs out, after a fault was repaired by PSMASH", "the entries of 4K, and no mapping of the 2M", "linux-kvm-sev, RMP faults");

    /// <summary>Guest memory that is not taken back.</summary>
    public static PartialEffect FreedPage { get; } = new(
        "fallocate, close", "the table does not take a page back", "the page, leaked; by Linux's own way it is freed while assigned, with a warning", "linux-kvm-sev, launch and reclaim paths");

    /// <summary>A guest the firmware did not let go of.</summary>
    public static PartialEffect LostAsid { get; } = new(
        "close", "SNP_DECOMMISSION fails", "the ASID and the context page, lost for good", "linux-kvm-sev, launch and reclaim paths");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PartialEffect> All { get; } = [Context, LostPage, LaunchPage, FinishPages, UnpreparedPage, SmashedPage, FreedPage, LostAsid];
}
