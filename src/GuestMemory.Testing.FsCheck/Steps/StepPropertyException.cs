namespace GuestMemory.Testing;

/// <summary>A sequence of steps broke an invariant or a property.</summary>
public sealed class StepPropertyException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="broken">What broke, and how; its text is the message.</param>
    public StepPropertyException(BrokenSequence broken)
        : base(broken?.ToString()) => Broken = broken ?? throw new ArgumentNullException(nameof(broken));

    /// <summary>What broke, and how.</summary>
    public BrokenSequence Broken { get; }
}
