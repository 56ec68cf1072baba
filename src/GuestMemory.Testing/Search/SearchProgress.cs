using System.Globalization;

namespace GuestMemory.Testing;

/// <summary>How far a search is.</summary>
/// <param name="States">Different states so far.</param>
/// <param name="Transitions">Steps made on a stored state, checked and looked up.</param>
/// <param name="Depth">Steps from the first state to those being worked on.</param>
/// <param name="Frontier">States still to be worked on.</param>
/// <param name="Bytes">Bytes of visited states and frontier.</param>
/// <param name="Elapsed">Time the search took, that before a checkpoint it was resumed from included; zero without a clock.</param>
public readonly record struct SearchProgress(long States, long Transitions, int Depth, long Frontier, long Bytes, TimeSpan Elapsed)
{
    /// <summary>Transitions a second; 0 without a clock.</summary>
    public double TransitionsPerSecond => Elapsed > TimeSpan.Zero ? Transitions / Elapsed.TotalSeconds : 0;

    /// <summary>The figures in words.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"states {States}, transitions {Transitions}, depth {Depth}, frontier {Frontier}, {TransitionsPerSecond:f0} transitions/s, {Bytes >> 20} MiB");
}
