namespace GuestMemory.Rmp;

/// <summary>A range in a list given to the firmware. Raw: the command itself judges it.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Pages">How many pages of 4K.</param>
public readonly record struct FirmwareRange(Spa Start, ulong Pages) : IFirmwareOperands
{
    /// <summary>A range of frames.</summary>
    /// <param name="frames">The frames.</param>
    public static FirmwareRange Of(PfnRange frames) => new(frames.Start.Address, frames.Count);

    /// <inheritdoc/>
    public Spa Context => default;

    /// <inheritdoc/>
    public bool HasReservedBits => false;

    /// <inheritdoc/>
    public PfnRange Frames => IsOutside ? default : new(Start.Frame, Pages);

    internal bool IsOutside => FirmwareAddress.IsOutside(Start, 1, Math.Max(Pages, 1));

    /// <summary>Start and number of pages.</summary>
    public override string ToString() => $"{Pages} pages from {Start}";

    internal static PfnRange Around(IReadOnlyList<FirmwareRange>? ranges)
    {
        var around = default(PfnRange);
        foreach (var range in ranges ?? [])
        {
            around = FirmwareAddress.Around(around, range.Frames);
        }

        return around;
    }
}
