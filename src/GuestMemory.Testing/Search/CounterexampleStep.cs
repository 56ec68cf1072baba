namespace GuestMemory.Testing;

/// <summary>One step of a <see cref="Counterexample"/>.</summary>
/// <param name="Code">The system's number of the step.</param>
/// <param name="Text">The step in words.</param>
/// <param name="Actor">Whose step it is; <see langword="null"/> where the system has no actors.</param>
/// <param name="Answer">What it came to; the breach, for the last.</param>
public readonly record struct CounterexampleStep(uint Code, string Text, string? Actor, string Answer)
{
    /// <summary>Actor and step, as <see cref="StepText"/> writes them.</summary>
    public string Words => Actor is null ? Text : $"{Actor}: {Text}";

    /// <summary>Actor, step and answer.</summary>
    public override string ToString() => $"{Words} -> {Answer}";
}
