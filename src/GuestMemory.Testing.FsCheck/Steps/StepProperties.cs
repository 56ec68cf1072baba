using System.Runtime.CompilerServices;

namespace GuestMemory.Testing;

/// <summary>Property tests of a system over sequences of its own steps, from a plain test method, whatever the test framework.</summary>
/// <remarks>
/// Checked are every invariant that <see cref="IStepSystem.Apply"/> checks, the system's own properties, and one of yours. The same options try the same sequences.
/// A failure is an exception whose text has the shortest sequence found, as a numbered list and as a test.
/// </remarks>
public static class StepProperties
{
    /// <summary>Tries sequences; nothing may break.</summary>
    /// <param name="create">Makes the system in its first state.</param>
    /// <param name="options">How many, how long, which; <see langword="null"/> for the defaults.</param>
    /// <param name="creation">How <paramref name="create"/> is written; the compiler fills it in.</param>
    /// <returns>What was seen.</returns>
    /// <exception cref="StepPropertyException">An invariant or property of the system broke.</exception>
    public static StepReport HoldsFor(
        Func<IStepSystem> create, SequenceOptions? options = null, [CallerArgumentExpression(nameof(create))] string creation = "")
    {
        ArgumentNullException.ThrowIfNull(create);
        return Report(new(new StepWalker(create()), [creation]), options);
    }

    /// <summary>Tries sequences; nothing may break, and a property of yours must hold of every state.</summary>
    /// <param name="create">Makes the system in its first state.</param>
    /// <param name="says">The property as a sentence: its name.</param>
    /// <param name="holds">Whether it holds of the state the system is in. It must change nothing.</param>
    /// <param name="options">How many, how long, which; <see langword="null"/> for the defaults.</param>
    /// <param name="creation">How <paramref name="create"/> is written; the compiler fills it in.</param>
    /// <param name="property">How <paramref name="holds"/> is written; the compiler fills it in.</param>
    /// <returns>What was seen.</returns>
    /// <exception cref="StepPropertyException">Something broke.</exception>
    public static StepReport HoldsFor<TSystem>(
        Func<TSystem> create, string says, Func<TSystem, bool> holds, SequenceOptions? options = null,
        [CallerArgumentExpression(nameof(create))] string creation = "", [CallerArgumentExpression(nameof(holds))] string property = "")
        where TSystem : IStepSystem
    {
        ArgumentNullException.ThrowIfNull(create);
        return Report(new(WalkerOf(create, says, holds), [creation, CodeText.Quoted(says), property]), options);
    }

    /// <summary>Tries sequences until something breaks.</summary>
    /// <param name="create">Makes the system in its first state.</param>
    /// <param name="options">How many, how long, which; <see langword="null"/> for the defaults.</param>
    /// <param name="creation">How <paramref name="create"/> is written; the compiler fills it in.</param>
    /// <returns>The shortest sequence found; <see langword="null"/> when nothing broke.</returns>
    public static BrokenSequence? FirstBroken(
        Func<IStepSystem> create, SequenceOptions? options = null, [CallerArgumentExpression(nameof(create))] string creation = "")
    {
        ArgumentNullException.ThrowIfNull(create);
        return new StepTrial(new StepWalker(create()), [creation]).FirstBroken((options ?? SequenceOptions.Default).Checked());
    }

    /// <summary>Makes given steps from the first state on; nothing may break.</summary>
    /// <param name="create">Makes the system in its first state.</param>
    /// <param name="steps">The steps in the system's own words, as <see cref="IStepSystem.Describe"/> gives them.</param>
    /// <exception cref="ArgumentException">A step is not offered where it should be made.</exception>
    /// <exception cref="StepPropertyException">An invariant or property of the system broke.</exception>
    public static void Replay(Func<IStepSystem> create, params string[] steps)
    {
        ArgumentNullException.ThrowIfNull(create);
        new StepTrial(new StepWalker(create()), []).Replay(steps);
    }

    /// <summary>Makes given steps from the first state on; nothing may break, and a property of yours must hold of every state.</summary>
    /// <param name="create">Makes the system in its first state.</param>
    /// <param name="says">The property as a sentence: its name.</param>
    /// <param name="holds">Whether it holds of the state the system is in. It must change nothing.</param>
    /// <param name="steps">The steps in the system's own words, as <see cref="IStepSystem.Describe"/> gives them.</param>
    /// <exception cref="ArgumentException">A step is not offered where it should be made.</exception>
    /// <exception cref="StepPropertyException">Something broke.</exception>
    public static void Replay<TSystem>(Func<TSystem> create, string says, Func<TSystem, bool> holds, params string[] steps)
        where TSystem : IStepSystem
    {
        ArgumentNullException.ThrowIfNull(create);
        new StepTrial(WalkerOf(create, says, holds), []).Replay(steps);
    }

    private static StepWalker WalkerOf<TSystem>(Func<TSystem> create, string says, Func<TSystem, bool> holds)
        where TSystem : IStepSystem
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(says);
        ArgumentNullException.ThrowIfNull(holds);
        var system = create();
        return new(system, new StateProperty(says, "must hold of every state", PropertyKind.Always, () => holds(system)));
    }

    private static StepReport Report(StepTrial trial, SequenceOptions? options)
    {
        var chosen = (options ?? SequenceOptions.Default).Checked();
        return trial.FirstBroken(chosen) is { } broken ? throw new StepPropertyException(broken) : trial.Report(chosen.Sequences);
    }
}
