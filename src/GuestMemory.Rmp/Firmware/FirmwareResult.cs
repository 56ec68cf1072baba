namespace GuestMemory.Rmp;

/// <summary>How a firmware command ended. The default is success.</summary>
/// <param name="Status">What it answered.</param>
/// <param name="DecidedBy">The rule that decided, where one did; a rule can also answer success at once.</param>
public readonly record struct FirmwareResult(SevStatus Status, Rule? DecidedBy = null)
{
    /// <summary>Whether it answered success.</summary>
    public bool IsSuccess => Status == SevStatus.Success;

    /// <summary>As an outcome: the status and its number.</summary>
    public Outcome ToOutcome() => new(Lane.Status, (ulong)Status, 0, DecidedBy);

    /// <summary>Status, number and the rule in brackets.</summary>
    public override string ToString() => $"{Status} (0x{(uint)Status:x2}){(DecidedBy is null ? "" : $" [{DecidedBy.Id}]")}";
}
