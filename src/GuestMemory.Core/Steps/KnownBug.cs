namespace GuestMemory;

/// <summary>A bug that someone really had, as a system that has it.</summary>
/// <param name="Id">Its stable name, in words joined by hyphens.</param>
/// <param name="Says">What went wrong, as a sentence.</param>
/// <param name="Source">Key of an entry of <c>docs/sources.md</c>, then the place in it.</param>
/// <param name="Options">The system that has it: a scenario, and the rules its authors had not thought of switched off.</param>
/// <param name="Breaks">The invariant or property that shows it.</param>
public sealed record KnownBug(string Id, string Says, string Source, StepSystemOptions Options, string Breaks)
{
    /// <summary>Id and sentence.</summary>
    public override string ToString() => $"{Id}: {Says}";
}
