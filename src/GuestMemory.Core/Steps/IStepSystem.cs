namespace GuestMemory;

/// <summary>A system whose steps can be listed and made one at a time: what a search, a scheduler or a generator needs of it.</summary>
/// <remarks>
/// Equal states have equal bytes, offer the same steps in the same order, and answer them alike. What only an observer remembers (the last value written,
/// a page once accepted) is part of the state too. Not thread-safe: one instance a thread.
/// </remarks>
public interface IStepSystem : IStateful
{
    /// <summary>A short name: "software", "snp".</summary>
    string Name { get; }

    /// <summary>What must always, sometimes or never hold of its states; beside them every invariant is checked by <see cref="Apply"/>.</summary>
    IReadOnlyList<StateProperty> Properties { get; }

    /// <summary>Adds the steps worth making in the present state, always in the same order. Steps that will be refused belong to them.</summary>
    /// <param name="steps">Where to add; the numbers are the system's own.</param>
    void FindSteps(List<uint> steps);

    /// <summary>Makes a step, and checks the invariants of what it touched.</summary>
    /// <param name="step">A step that <see cref="FindSteps"/> found in this state.</param>
    /// <exception cref="ModelInvariantException">The step broke an invariant. The system is then in no defined state: restore one.</exception>
    /// <exception cref="OutsideModelException">The sources do not say what happens. The same holds.</exception>
    StepAnswer Apply(uint step);

    /// <summary>A step in words, each step in its own: the operation, then its operands as <c>name=value</c>, separated by single blanks.</summary>
    /// <param name="step">A step.</param>
    string Describe(uint step);
}
