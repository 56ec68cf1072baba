namespace GuestMemory.Kvm;

/// <summary>What a VMM has to see to itself, because the kernel does not.</summary>
internal static class VmmRules
{
    /// <summary>A VMM that lets go of a VM closes the files of its regions too: each holds the VM.</summary>
    public static Rule ClosesRegionFiles { get; } = new(
        "VMM/close-region-files", "kata-containers, issue 13066", "a VM that is never destroyed, and its memory never given back");
}
