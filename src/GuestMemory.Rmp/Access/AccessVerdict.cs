namespace GuestMemory.Rmp;

/// <summary>How an access was judged. The default lets it through.</summary>
/// <param name="Fault">The fault; none when it goes through.</param>
/// <param name="DecidedBy">The rule that refused.</param>
public readonly record struct AccessVerdict(RmpFault Fault, Rule? DecidedBy)
{
    /// <summary>Whether it goes through.</summary>
    public bool IsAllowed => !Fault.IsFault;

    /// <summary>As an outcome: the fault's kind with its code.</summary>
    public Outcome ToOutcome() => IsAllowed ? default : new(Lane.Fault, (ulong)Fault.Kind, Fault.Code, DecidedBy);

    /// <summary>"allowed", or the fault and the rule in brackets.</summary>
    public override string ToString() => IsAllowed ? "allowed" : $"{Fault} [{DecidedBy?.Id}]";
}
