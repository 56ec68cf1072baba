namespace GuestMemory.Rmp;

/// <summary>How a guest's step ended. The default is done, with value 0.</summary>
/// <param name="Kind">How.</param>
/// <param name="Value">What a read gave; for accepting and releasing 1 when nothing changed (CF=1); for a failed instruction its status.</param>
/// <param name="Fault">The fault behind it, if any.</param>
/// <param name="Reason">Why the guest declined or stopped.</param>
/// <param name="DecidedBy">The platform's rule behind it; <see langword="null"/> when none refused.</param>
public readonly record struct GuestAnswer(
    GuestAnswerKind Kind, ulong Value = 0, RmpFault Fault = default, GuestReason Reason = GuestReason.None, Rule? DecidedBy = null)
{
    /// <summary>Whether it was done.</summary>
    public bool IsDone => Kind == GuestAnswerKind.Done;

    /// <summary>Whether it is a #VC for a page that is not validated.</summary>
    public bool IsNotValidated => Fault is { Kind: RmpFaultKind.VmmCommunication, Code: FaultBits.NotValidated };

    internal static GuestAnswer Done(ulong value) => new(GuestAnswerKind.Done, value);

    // A nested fault is the host's, every other the guest's own.
    internal static GuestAnswer Faulted(in RmpFault fault, Rule? decidedBy) =>
        new(fault.Kind == RmpFaultKind.NestedPageFault ? GuestAnswerKind.HostFault : GuestAnswerKind.Exception, 0, fault, GuestReason.None, decidedBy);

    internal static GuestAnswer Failed(RmpStatus status, Rule? decidedBy) =>
        new(GuestAnswerKind.Refused, (ulong)status, default, GuestReason.InstructionFailed, decidedBy);

    internal static GuestAnswer Declined(GuestReason reason) => new(GuestAnswerKind.Refused, 0, default, reason);

    /// <summary>The answer in words, the rule in brackets.</summary>
    public override string ToString() => Kind switch
    {
        GuestAnswerKind.Done => $"done, 0x{Value:x}",
        GuestAnswerKind.Refused => $"refused: {Reason}{(Reason == GuestReason.InstructionFailed ? $" {Value}" : "")}{InBrackets}",
        GuestAnswerKind.Stopped => $"stopped: {Reason}{InBrackets}",
        _ => $"{Fault}{InBrackets}",
    };

    private string InBrackets => DecidedBy is null ? "" : $" [{DecidedBy.Id}]";
}
