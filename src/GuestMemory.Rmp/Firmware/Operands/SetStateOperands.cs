namespace GuestMemory.Rmp;

/// <summary>SNP_PAGE_SET_STATE's operands.</summary>
/// <param name="Ranges">The pages to fix.</param>
/// <param name="List">Where the list lies.</param>
/// <param name="HasReservedBits">Whether a bit that must be zero is not.</param>
public readonly record struct SetStateOperands(
    IReadOnlyList<FirmwareRange> Ranges, Spa List = default, bool HasReservedBits = false) : IFirmwareOperands
{
    /// <inheritdoc/>
    public Spa Context => default;

    /// <inheritdoc/>
    public PfnRange Frames => FirmwareRange.Around(Ranges);

    /// <summary>The operands in words.</summary>
    public override string ToString() => $"{Ranges.Count} ranges";
}
