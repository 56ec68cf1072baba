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
        if (walk.Broken is null)
        {
            foreach (var step in steps)
            {
                if (walk.Make(step))
                {
                    break;
                }
            }
        }

        return walk.Broken is { } broken ? new(walk.System.Name, broken.Name, broken.Message, walk.Steps) : null;
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
