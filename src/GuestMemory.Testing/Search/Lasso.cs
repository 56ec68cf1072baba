namespace GuestMemory.Testing;

/// <summary>A way to a state from which one actor's attempts lead in a circle: a livelock, unless somebody else acts.</summary>
/// <param name="Steps">From the first state to the circle.</param>
/// <param name="Circle">The attempts of the circle, at least one; after the last the state is the one before the first.</param>
public sealed record Lasso(IReadOnlyList<CounterexampleStep> Steps, IReadOnlyList<CounterexampleStep> Circle)
{
    /// <summary>The steps as a numbered list, the circle marked.</summary>
    public override string ToString() => string.Join(
        '\n', Steps.Select((step, at) => $"{at + 1,3}. {step}").Concat(Circle.Select((step, at) => $"{(at == 0 ? " ->" : "   ")} {Steps.Count + at + 1}. {step}")));
}
