namespace GuestMemory.Rmp;

/// <summary>One operation, after it ended.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Frames">The frames it named; for a firmware command those it may have changed, as one run around them.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Value">What the kind says.</param>
/// <param name="Cpu">Who ran it, for an instruction.</param>
/// <param name="Access">The access, for a read or write.</param>
/// <param name="Offset">First byte in the page and number of bytes (bits 31:16), for a read or write.</param>
public readonly record struct SnpOperation(
    SnpOperationKind Kind, PfnRange Frames, Outcome Outcome, ulong Value = 0, CpuState Cpu = default, RmpAccess Access = default, uint Offset = 0)
{
    /// <summary>The operation in words.</summary>
    public override string ToString() => $"{Kind} {Frames} 0x{Value:x}: {Outcome}";
}
