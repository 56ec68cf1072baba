using System.Globalization;
using System.Text;

namespace GuestMemory.Testing;

/// <summary>A shortest way from a system's first state to something broken.</summary>
/// <param name="System">The system's name.</param>
/// <param name="Breaks">The invariant or property that is broken.</param>
/// <param name="Message">What was found.</param>
/// <param name="Steps">The steps, the breaking one last; none when the first state is broken.</param>
public sealed record Counterexample(string System, string Breaks, string Message, IReadOnlyList<CounterexampleStep> Steps)
{
    /// <summary>Walks steps on a new system and tells what they come to.</summary>
    /// <param name="create">Makes the system in its first state.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="properties">Properties beside the system's own; <see langword="null"/> for none.</param>
    /// <returns>The counterexample, cut where something breaks first; <see langword="null"/> when nothing does.</returns>
    public static Counterexample? Walk(Func<IStepSystem> create, IEnumerable<uint> steps, IReadOnlyList<Func<IStepSystem, StateProperty>>? properties = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(steps);
        var walk = new CounterexampleWalk(create(), properties ?? []);
        foreach (var step in walk.Broken is null ? steps : [])
        {
            if (walk.Make(step))
            {
                break;
            }
        }

        return walk.ToCounterexample();
    }

    /// <summary>Walks steps given in words on a new system and tells what they come to.</summary>
    /// <param name="create">Makes the system in its first state.</param>
    /// <param name="steps">The steps as <see cref="StepText"/> writes them: actor, where there are any, and operation with operands.</param>
    /// <returns>As the other form.</returns>
    /// <exception cref="ArgumentException">A step is not offered where it stands; the message says which, and what is.</exception>
    public static Counterexample? Walk(Func<IStepSystem> create, IEnumerable<string> steps)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(steps);
        var walk = new CounterexampleWalk(create(), []);
        foreach (var step in walk.Broken is null ? steps : [])
        {
            if (!StepText.TryFind(walk.System, step, out var code))
            {
                throw new ArgumentException($"Step {walk.Steps.Count + 1}, \"{step}\", is not offered there; these are: {string.Join("; ", StepText.Offered(walk.System))}.", nameof(steps));
            }

            if (walk.Make(code))
            {
                break;
            }
        }

        return walk.ToCounterexample();
    }

    /// <summary>The schedule as a numbered list, and what it breaks.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var at = 0; at < Steps.Count; at++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{at + 1,3}. {Steps[at]}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"  ! {Breaks}: {Message}").ToString();
    }
}
