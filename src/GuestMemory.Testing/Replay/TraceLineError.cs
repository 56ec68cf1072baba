using System.Globalization;

namespace GuestMemory.Testing;

/// <summary>What is wrong with a line.</summary>
/// <param name="Problem">What, in a few words.</param>
/// <param name="Column">At which byte, from 1.</param>
/// <param name="IsMalformed">Whether the line is no JSON; otherwise it is JSON of a form that recordings do not have.</param>
public readonly record struct TraceLineError(string Problem, int Column, bool IsMalformed)
{
    /// <summary>The whole sentence.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsMalformed ? "malformed JSON" : "not a line of a recording")}: {Problem} at column {Column}");
}
