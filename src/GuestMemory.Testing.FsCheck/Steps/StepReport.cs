using System.Globalization;

namespace GuestMemory.Testing;

/// <summary>What sequences that broke nothing have seen.</summary>
/// <param name="Sequences">How many there were.</param>
/// <param name="Steps">Steps made, drawing them included.</param>
/// <param name="States">Different states met; counted up to about a million.</param>
/// <param name="Rules">Rules that refused a step, in the order met.</param>
/// <param name="NotShown">Properties of the kind <see cref="PropertyKind.Sometimes"/> that held in no state.</param>
public sealed record StepReport(int Sequences, long Steps, int States, IReadOnlyList<Rule> Rules, IReadOnlyList<string> NotShown)
{
    /// <summary>The numbers in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Sequences} sequences, {Steps} steps, {States} states, {Rules.Count} rules refused{NotShownText}");

    private string NotShownText => NotShown.Count == 0 ? "" : $"; not shown: {string.Join(", ", NotShown)}";
}
