namespace GuestMemory.Rmp;

/// <summary>An access, with everything the RMP's checks look at.</summary>
/// <param name="Accessor">Who.</param>
/// <param name="Kind">Read, write or fetch.</param>
/// <param name="Frame">The frame it leads to.</param>
/// <param name="MappingSize">Size of the last mapping used: the host's page table, the nested one, the IOMMU's.</param>
/// <param name="Asid">The running guest.</param>
/// <param name="Gpa">The guest-physical address; its page counts.</param>
/// <param name="Encrypted">The C-bit of the guest's mapping.</param>
/// <param name="Part">Which part of the access.</param>
/// <param name="Vmpl">The running level.</param>
/// <param name="IsSupervisor">Whether a fetch is at CPL 0 to 2.</param>
/// <param name="Gva">The guest-virtual address, for a #VC.</param>
public readonly record struct RmpAccess(
    RmpAccessor Accessor, AccessKind Kind, Pfn Frame, PageSize MappingSize = PageSize.Size4K, Asid Asid = default, Gpa Gpa = default, bool Encrypted = false,
    RmpAccessPart Part = RmpAccessPart.Data, Vmpl Vmpl = default, bool IsSupervisor = true, ulong Gva = 0)
{
    /// <summary>An access of the host.</summary>
    /// <param name="kind">What it does.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="mappingSize">Size of the host's mapping.</param>
    public static RmpAccess Host(AccessKind kind, Pfn frame, PageSize mappingSize = PageSize.Size4K) => new(RmpAccessor.Host, kind, frame, mappingSize);

    /// <summary>A private access of an SNP guest.</summary>
    /// <param name="asid">The guest.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="gpa">The guest-physical address.</param>
    /// <param name="frame">The frame the nested tables lead to.</param>
    /// <param name="mappingSize">Size of the nested mapping.</param>
    public static RmpAccess Private(Asid asid, AccessKind kind, Gpa gpa, Pfn frame, PageSize mappingSize = PageSize.Size4K) =>
        new(RmpAccessor.SnpGuest, kind, frame, mappingSize, asid, gpa, Encrypted: true);

    // Fetches and walks of an SNP guest count as C-bit 1 (apm2, 15.36.10).
    internal bool IsPrivate => Accessor == RmpAccessor.SnpGuest && (Encrypted || Kind == AccessKind.Execute || Part != RmpAccessPart.Data);

    internal bool IsWrite => Kind == AccessKind.Write || Part == RmpAccessPart.AccessedDirtyUpdate;

    // The size the Hypervisor-Owned check uses.
    internal bool IsLargeMapping => MappingSize != PageSize.Size4K && Part == RmpAccessPart.Data;

    /// <summary>The access in words.</summary>
    public override string ToString() => $"{Accessor} {Kind} of {Frame} through {MappingSize}{(IsPrivate ? $", {Asid} at {Gpa}" : "")}";
}
