namespace GuestMemory.Rmp;

/// <summary>Known bugs of hosts and guests on SEV-SNP.</summary>
internal static class SnpBugs
{
    public static IReadOnlyList<KnownBug> All { get; } =
    [
        Bug(
            "psc-count-beyond-buffer", "KVM held the number of entries in a guest's request against the protocol's most, not against the buffer the guest gave.",
            "linux-kvm-sev, db3f219", "psc-buffer", "PSC/buffer-size", "PSC-WITHIN-BUFFER"),
        Bug(
            "vmsa-sync-race", "KVM wrote a vCPU's registers to its save area at launch finish without keeping the vCPU from running meanwhile.",
            SnpConductRules.VcpuLock.Source, "vmsa-sync", SnpConductRules.VcpuLock.Id, "SNP-HOST-NEVER-FAULTS"),
        Bug(
            "carry-flag-lost", "A guest did not look at the carry flag, and so did not see that PVALIDATE changed nothing: two pages of one address were validated.",
            SnpConductRules.Carry.Source, "pages", SnpConductRules.Carry.Id, "INV-SNP-17"),
        Bug(
            "large-validate-over-small", "A guest asked for 2M over entries of 4K, and ended when it was told so.",
            SnpConductRules.SmallerPages.Source, "large-guest", SnpConductRules.SmallerPages.Id, "SNP-GUEST-GOES-ON"),
        Bug(
            "psc-batch-not-sent", "A guest gathered pages to ask its host for, and accepted them without having asked.",
            SnpConductRules.Send.Source, "psc-guest", SnpConductRules.Send.Id, "SNP-GUEST-GOES-ON"),
    ];

    private static KnownBug Bug(string id, string says, string source, string scenario, string ruleOff, string breaks) =>
        new(id, says, source, new() { Scenario = scenario, Rules = RuleSwitches.AllOn.Without(ruleOff) }, breaks);
}
