namespace GuestMemory.Rmp;

/// <summary>A fault: what it is, its code and its address. The default is none.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Code">The #PF error code, EXITINFO1, the #VC's exit code, or the IOMMU's event; see <see cref="FaultBits"/>.</param>
/// <param name="Address">The guest-physical address of a #NPF, the guest-virtual one of a #VC or of the guest's own #PF, the system-physical one of the host's #PF and of a device.</param>
public readonly record struct RmpFault(RmpFaultKind Kind, ulong Code = 0, ulong Address = 0)
{
    /// <summary>No fault.</summary>
    public static RmpFault None => default;

    /// <summary>Whether there is one.</summary>
    public bool IsFault => Kind != RmpFaultKind.None;

    /// <summary>Whether a bit of the code is set.</summary>
    /// <param name="bit">One of <see cref="FaultBits"/>.</param>
    public bool Has(ulong bit) => (Code & bit) != 0;

    /// <summary>Kind, code and address.</summary>
    public override string ToString() => Kind == RmpFaultKind.None ? "no fault" : $"{Kind} 0x{Code:x} at 0x{Address:x}";
}
