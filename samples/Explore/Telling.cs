using GuestMemory.Testing;

/// <summary>What is printed of a search, and the exit code that says it: 0 for nothing found, 1 for something.</summary>
internal static class Telling
{
    public static int Report(SearchReport report, Func<Counterexample, string>? code)
    {
        Console.WriteLine($"{report} ({report.End})");
        Console.WriteLine($"refused {report.Refused}, outside the model {report.Outside}, rules that refused {report.RulesSeen.Count}, frontier {report.Frontier}, visited states in {report.VisitedBytes >> 10} KiB");
        report.Properties.ToList().ForEach(property => Console.WriteLine(property));
        Console.WriteLine(report.Lasso is { } lasso ? $"attempts that never end:\n{lasso}" : report.Counterexample?.ToString() ?? "nothing broken");
        if (report.Counterexample is { } found && code is not null)
        {
            Console.WriteLine(code(found));
        }

        return report.Counterexample is null && report.Lasso is null ? 0 : 1;
    }

    public static int Report(RandomWalkReport report)
    {
        Console.WriteLine($"walks {report.Walks}, steps {report.Steps}, refused {report.Refused}, outside the model {report.Outside}");
        Console.WriteLine(report.Counterexample?.ToString() ?? "nothing broken");
        return report.Counterexample is null ? 0 : 1;
    }
}
