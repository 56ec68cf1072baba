using System.Globalization;

namespace GuestMemory.Testing;

/// <summary>What came of replaying several recordings. Not thread-safe.</summary>
public sealed class ReplaySummary
{
    private readonly SortedDictionary<string, ReplayCounts> _environments = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _outsideModel = new(StringComparer.Ordinal);

    /// <summary>The counts of all recordings.</summary>
    public ReplayCounts Counts { get; private set; }

    /// <summary>The counts by recorded environment, in ordinal order. What was skipped in a recording that no system understood stands only in <see cref="Counts"/>.</summary>
    public IReadOnlyDictionary<string, ReplayCounts> Environments => _environments;

    /// <summary>How many operations each entry of <c>docs/model-boundary.md</c> leaves out, in ordinal order.</summary>
    public IReadOnlyDictionary<string, long> OutsideModel => _outsideModel;

    /// <summary>Number of errors.</summary>
    public long Errors { get; private set; }

    /// <summary>What a program that replays answers: 0 when every compared answer agrees, 1 when one differs, 2 when part of the input could not be used.</summary>
    public int ExitCode => Errors > 0 ? 2 : Counts.Differed > 0 ? 1 : 0;

    /// <summary>Adds a recording.</summary>
    /// <param name="result">What came of it.</param>
    public void Add(ReplayResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Counts += result.Counts;
        Errors += result.Errors.Count;
        if (result.Environment is { } environment)
        {
            _environments[environment] = _environments.GetValueOrDefault(environment) + result.Counts;
        }

        foreach (var stop in result.OutsideModel)
        {
            _outsideModel[stop.Entry] = _outsideModel.GetValueOrDefault(stop.Entry) + 1;
        }
    }

    /// <summary>Adds an error that came before any recording.</summary>
    /// <param name="error">The error.</param>
    public void Add(ReplayError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Errors++;
    }

    /// <summary>The single line: how many outcomes agree.</summary>
    /// <param name="elapsed">How long the replay took; zero when it was not measured.</param>
    public string Line(TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? Math.Round(Counts.Operations / elapsed.TotalSeconds) : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{Agreement(Counts)} ({rate:F0} events/s)");
    }

    /// <summary>The line about operations without a compared outcome, by reason; <see langword="null"/> when there are none.</summary>
    public string? NotComparedLine()
    {
        var reasons = new List<string>();
        if (Counts.LeftOut > 0)
        {
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{Counts.LeftOut} that the system leaves out"));
        }

        if (Counts.OutsideModel > 0)
        {
            var entries = _outsideModel.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}: {entry.Value}"));
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{Counts.OutsideModel} outside the model ({string.Join(", ", entries)})"));
        }

        if (Counts.Skipped > 0)
        {
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{Counts.Skipped} not replayed"));
        }

        return reasons.Count == 0 ? null : $"not compared: {string.Join(", ", reasons)}";
    }

    /// <summary>"N of M outcomes agree in K cases".</summary>
    /// <param name="counts">The counts.</param>
    internal static string Agreement(ReplayCounts counts) =>
        string.Create(CultureInfo.InvariantCulture, $"{counts.Agreed} of {counts.Compared} outcomes agree in {counts.Cases} cases");
}
