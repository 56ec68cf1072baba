using System.Globalization;

namespace GuestMemory.Testing;

/// <summary>What a search did and found.</summary>
/// <param name="System">The system's name.</param>
/// <param name="End">Why it ended.</param>
/// <param name="States">Different states.</param>
/// <param name="Transitions">Steps made on a stored state, checked and looked up; refused ones are counted apart.</param>
/// <param name="Refused">Steps that a rule refused.</param>
/// <param name="Outside">Steps that the model does not decide.</param>
/// <param name="Depth">Steps from the first state to the farthest.</param>
/// <param name="Frontier">States that were not worked on.</param>
/// <param name="VisitedBytes">Bytes that remember the states.</param>
/// <param name="FrontierBytes">Most bytes that states still to be worked on took.</param>
/// <param name="Elapsed">Time the search took, that before a checkpoint it was resumed from included; zero without a clock.</param>
public sealed record SearchReport(
    string System, SearchEnd End, long States, long Transitions, long Refused, long Outside, int Depth, long Frontier, long VisitedBytes, long FrontierBytes, TimeSpan Elapsed)
{
    /// <summary>A shortest way to something broken; <see langword="null"/> when nothing was found.</summary>
    public Counterexample? Counterexample { get; init; }

    /// <summary>What can be said of each property.</summary>
    public IReadOnlyList<PropertyVerdict> Properties { get; init; } = [];

    /// <summary>A way into a circle of attempts that never come to an end; <see langword="null"/> when none was found or none was looked for.</summary>
    public Lasso? Lasso { get; init; }

    /// <summary>Ids of the rules that refused a step, in ordinal order.</summary>
    public IReadOnlyList<string> RulesSeen { get; init; } = [];

    /// <summary>Transitions a second; 0 without a clock.</summary>
    public double TransitionsPerSecond => Elapsed > TimeSpan.Zero ? Transitions / Elapsed.TotalSeconds : 0;

    /// <summary>The totals in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"states {States}, transitions {Transitions}, depth {Depth}, {TransitionsPerSecond:f0} transitions/s");
}
