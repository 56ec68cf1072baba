using System.Globalization;

namespace GuestMemory.Testing;

/// <summary>A sequence of steps at whose end an invariant or a property is broken; shrunk, so that no step can be left out.</summary>
/// <param name="Sequence">The steps.</param>
/// <param name="Breaks">Name of the invariant or property.</param>
/// <param name="Says">What was found.</param>
/// <param name="Code">The sequence as a fact, to be pasted into a test class.</param>
/// <param name="Options">What found it: the same options find it again. Default values where the sequence was replayed.</param>
public sealed record BrokenSequence(StepSequence Sequence, string Breaks, string Says, string Code, SequenceOptions Options)
{
    /// <summary>What is broken, the numbered steps, the options that find it again, and the code.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Says}\nafter {Sequence.Steps.Count} steps:\n{Sequence}\nfound with {Options}; as a test:\n\n{Code}");
}
