namespace GuestMemory.Rmp;

/// <summary>How an instruction ended: a status in EAX, or a fault. The default is success.</summary>
/// <param name="Status">EAX; meaningless with a fault.</param>
/// <param name="Fault">The fault, if any.</param>
/// <param name="DecidedBy">The rule that refused; <see langword="null"/> when none did.</param>
public readonly record struct InstructionResult(RmpStatus Status, RmpFault Fault = default, Rule? DecidedBy = null)
{
    /// <summary>Whether it was done.</summary>
    public bool IsSuccess => Status == RmpStatus.Success && !Fault.IsFault;

    /// <summary>As an outcome: the status, or the fault's kind with its code.</summary>
    public Outcome ToOutcome() => Fault.IsFault
        ? new(Lane.Fault, (ulong)Fault.Kind, Fault.Code, DecidedBy)
        : new(Lane.Status, (ulong)Status, 0, DecidedBy);

    /// <summary>Status or fault, and the rule in brackets.</summary>
    public override string ToString() => $"{(Fault.IsFault ? Fault.ToString() : Status.ToString())}{(DecidedBy is null ? "" : $" [{DecidedBy.Id}]")}";

    internal static InstructionResult Refused(Rule rule, in RmpAnswer answer, ulong address = 0) =>
        answer.Fault == RmpFaultKind.None ? new(answer.Status, default, rule) : new(default, new(answer.Fault, answer.Bits, address), rule);
}
