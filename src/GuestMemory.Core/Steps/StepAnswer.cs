namespace GuestMemory;

/// <summary>What a step of an <see cref="IStepSystem"/> came to.</summary>
/// <param name="Verdict">Done, refused, or to be tried again.</param>
/// <param name="Outcome">What the system answered.</param>
/// <param name="Touched">The parts of an <see cref="IPartedState"/> that may have changed, one bit a part; a bit too many costs time, one too few is a defect.</param>
public readonly record struct StepAnswer(StepVerdict Verdict, Outcome Outcome, ulong Touched)
{
    /// <summary>A step that was made.</summary>
    /// <param name="touched">The parts that may have changed; default: all.</param>
    /// <param name="outcome">What the system answered; default: success.</param>
    public static StepAnswer Done(ulong touched = ulong.MaxValue, Outcome outcome = default) => new(StepVerdict.Done, outcome, touched);

    /// <summary>A step that was refused.</summary>
    /// <param name="outcome">The refusal; its rule is counted.</param>
    /// <param name="touched">The parts that may have changed all the same: the residue the rule declares. Default: none.</param>
    public static StepAnswer Refused(Outcome outcome, ulong touched = 0) => new(StepVerdict.Refused, outcome, touched);

    /// <summary>A step that came to no end: its actor has to try again.</summary>
    /// <param name="touched">The parts that may have changed; default: all.</param>
    /// <param name="outcome">What the system answered; default: success.</param>
    public static StepAnswer Retry(ulong touched = ulong.MaxValue, Outcome outcome = default) => new(StepVerdict.Retry, outcome, touched);

    /// <summary>Verdict and outcome.</summary>
    public override string ToString() => Verdict == StepVerdict.Done && Outcome.IsSuccess ? "Done" : $"{Verdict}: {Outcome}";
}
