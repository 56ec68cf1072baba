namespace GuestMemory.Kvm;

/// <summary>Every rule of the kernel's face.</summary>
public static class KvmRules
{
    /// <summary>The checks of the calls in the kernel's order, then the rules outside a table.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        .. MemoryRegionRules.Arguments.Checks, .. MemoryRegionRules.Changes.Checks, .. GuestMemfdRules.Checks.Checks, .. MemoryAttributesRules.Checks.Checks,
        .. FallocateRules.FileSystem.Checks, .. FallocateRules.GuestMemfd.Checks, .. FallocateRules.Memfd.Checks, .. MmapRules.Checks.Checks,
        .. PreFaultRules.Checks.Checks, .. KvmHost.OwnRules, TechnologyRules.NoCommands, VmmRules.ClosesRegionFiles,
    ];
}
