namespace GuestMemory.Tdx;

/// <summary>What the module's answers mean to a search: done, refused, or to be tried again.</summary>
internal static class StepAnswers
{
    /// <summary>A call of the host's. Busy, interrupted and not yet tracked are tried again, as hosts do.</summary>
    public static StepAnswer Of(in TdxResult result, ulong touched, ulong residue = 0) => result.DecidedBy is null
        ? StepAnswer.Done(touched, result.ToOutcome())
        : IsToBeTriedAgain(result.Status.Code) ? StepAnswer.Retry(residue, result.ToOutcome()) : StepAnswer.Refused(result.ToOutcome(), residue);

    /// <summary>A guest's call or access. Who left, or was interrupted, comes back and tries again.</summary>
    public static StepAnswer Of(in GuestResult result, ulong touched, ulong residue = 0) => result switch
    {
        { Event: GuestEvent.Status, DecidedBy: null } or { Event: GuestEvent.Ok } => StepAnswer.Done(touched, new(Lane.Status, result.Status.Value, 0, null)),
        { Event: GuestEvent.Status, Interrupted: true } => StepAnswer.Retry(touched, new(Lane.Status, 0, 0, result.DecidedBy)),
        { Event: GuestEvent.Status } => IsToBeTriedAgain(result.Status.Code)
            ? StepAnswer.Retry(residue, result.Status.ToOutcome(result.DecidedBy))
            : StepAnswer.Refused(result.Status.ToOutcome(result.DecidedBy), residue),
        { Event: GuestEvent.TdExit } => StepAnswer.Retry(residue, new(Lane.Exit, (ulong)result.Event, result.ExitGpa, result.DecidedBy)),
        { Event: GuestEvent.VirtualizationException } => StepAnswer.Retry(residue, new(Lane.Fault, (ulong)result.Event, result.ExitGpa, result.DecidedBy)),
        _ => StepAnswer.Refused(new(Lane.Fault, (ulong)result.Event, 0, result.DecidedBy), residue),
    };

    /// <summary>An access of the host's.</summary>
    public static StepAnswer Of(in HostAccessResult result, ulong touched) =>
        result.Event == HostAccessEvent.Ok ? StepAnswer.Done(touched) : StepAnswer.Refused(new(Lane.Fault, (ulong)result.Event, 0, null), touched);

    private static bool IsToBeTriedAgain(TdxStatusCode code) => code is TdxStatusCode.OperandBusy or TdxStatusCode.PreviousTlbEpochBusy
        or TdxStatusCode.TlbTrackingNotDone or TdxStatusCode.InterruptedRestartable or TdxStatusCode.InterruptedResumable;
}
