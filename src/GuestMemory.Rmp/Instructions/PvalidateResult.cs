namespace GuestMemory.Rmp;

/// <summary>How PVALIDATE ended: status, carry flag and fault are separate outputs, and a client that ignores one is at fault.</summary>
/// <param name="Status">EAX; meaningless with a fault.</param>
/// <param name="Carry">The carry flag: the entry already was as asked. Defined with <see cref="RmpStatus.Success"/> only.</param>
/// <param name="Fault">The fault, if any.</param>
/// <param name="DecidedBy">The rule that refused; <see langword="null"/> when none did.</param>
public readonly record struct PvalidateResult(RmpStatus Status, bool Carry, RmpFault Fault = default, Rule? DecidedBy = null)
{
    /// <summary>Whether the entry changed.</summary>
    public bool IsChanged => Status == RmpStatus.Success && !Carry && !Fault.IsFault;

    /// <summary>As an outcome: the status with the carry flag as information, or the fault's kind with its code.</summary>
    public Outcome ToOutcome() => Fault.IsFault
        ? new(Lane.Fault, (ulong)Fault.Kind, Fault.Code, DecidedBy)
        : new(Lane.Status, (ulong)Status, Carry ? 1UL : 0, DecidedBy);

    /// <summary>Status and carry, or the fault; the rule in brackets.</summary>
    public override string ToString() =>
        $"{(Fault.IsFault ? Fault.ToString() : $"{Status}, CF={(Carry ? 1 : 0)}")}{(DecidedBy is null ? "" : $" [{DecidedBy.Id}]")}";
}
