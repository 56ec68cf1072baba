namespace GuestMemory.Rmp;

/// <summary>Operands of SNP_INIT_EX and SNP_RMP_CREATE.</summary>
/// <param name="BuildsTable">Whether the table is built; otherwise it must have been.</param>
/// <param name="FixedRanges">Pages that stay the hypervisor's until the table is built again; <see langword="null"/> for no list.</param>
/// <param name="IommuBuffers">The IOMMUs' log and completion buffers, which the firmware reads from their registers.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct InitOperands(
    bool BuildsTable, IReadOnlyList<FirmwareRange>? FixedRanges = null, IReadOnlyList<FirmwareRange>? IommuBuffers = null, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public Spa Context => default;

    /// <inheritdoc/>
    public PfnRange Frames => FirmwareAddress.Around(FirmwareRange.Around(FixedRanges), FirmwareRange.Around(IommuBuffers));

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"{(BuildsTable ? "builds the table" : "keeps the table")}, {FixedRanges?.Count ?? 0} fixed ranges";
}
