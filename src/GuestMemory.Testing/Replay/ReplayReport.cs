using System.Globalization;

namespace GuestMemory.Testing;

/// <summary>Writes what came of a replay as text, a line at a time. Not thread-safe.</summary>
public sealed class ReplayReport
{
    private readonly TextWriter _writer;

    /// <summary>Creates a report.</summary>
    /// <param name="writer">Where to write; it stays open.</param>
    public ReplayReport(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _writer = writer;
    }

    /// <summary>Writes each differing case of a recording, then where cases left the model, then the errors. Nothing when all agree.</summary>
    /// <param name="result">What came of the recording.</param>
    public void Write(ReplayResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        foreach (var difference in result.Differences)
        {
            Write(difference);
        }

        foreach (var stop in result.OutsideModel)
        {
            Line($"{stop.File}:{stop.Line}: outside the model in case {stop.Case}, {stop.Operation}: {stop.Message}");
        }

        foreach (var error in result.Errors)
        {
            Write(error);
        }
    }

    /// <summary>Writes a difference.</summary>
    /// <param name="difference">The difference.</param>
    public void Write(ReplayDifference difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
        Line($"{difference.File}:{difference.Line}: case {difference.Case} differs");
        Line($"  operation  {difference.Operation} {difference.Arguments}");
        Line($"  expected   {difference.Expected}");
        Line($"  actual     {difference.Actual}");
        Line($"  rule       {(difference.DecidedBy is { } rule ? $"{rule.Id} ({rule.Source})" : "none")}");
        WriteState("before", difference.StateBefore);
        WriteState("after", difference.StateAfter);
        if (difference.FurtherInCase > 0)
        {
            Line($"  further    {difference.FurtherInCase} later operations of this case differ");
        }
    }

    /// <summary>Writes an error.</summary>
    /// <param name="error">The error.</param>
    public void Write(ReplayError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Line($"error: {error}");
    }

    /// <summary>Writes how many outcomes agree in each environment, what was not compared, and last the summary's single line.</summary>
    /// <param name="summary">The summary.</param>
    /// <param name="elapsed">How long the replay took.</param>
    public void Write(ReplaySummary summary, TimeSpan elapsed)
    {
        ArgumentNullException.ThrowIfNull(summary);
        foreach (var (environment, counts) in summary.Environments)
        {
            Line($"{environment}: {ReplaySummary.Agreement(counts)}");
        }

        if (summary.NotComparedLine() is { } notCompared)
        {
            Line($"{notCompared}");
        }

        Line($"{summary.Line(elapsed)}");
    }

    private void WriteState(string when, string state)
    {
        Line($"  state {when}");
        foreach (var line in state.AsSpan().EnumerateLines())
        {
            if (!line.IsEmpty)
            {
                _writer.WriteLine($"    {line}");
            }
        }
    }

    private void Line(FormattableString text) => _writer.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
