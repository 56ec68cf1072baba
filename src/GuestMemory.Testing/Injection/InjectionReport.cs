namespace GuestMemory.Testing;

/// <summary>What a sweep found.</summary>
/// <param name="Operation">The operation's name.</param>
/// <param name="Points">The points the operation passes when nothing fails, in order.</param>
/// <param name="Results">Every strike, by point and then by length.</param>
public sealed record InjectionReport(string Operation, IReadOnlyList<InjectionPoint> Points, IReadOnlyList<InjectionResult> Results)
{
    /// <summary>What is wrong, each with its strike; empty when all is as declared.</summary>
    public IEnumerable<string> Findings => Results.Where(result => result.Finding is not null).Select(result => $"{Operation}: {result}");

    /// <summary>How many points of a kind the operation passes.</summary>
    /// <param name="point">The kind.</param>
    public int CountOf(InjectionPoint point) => Points.Count(passed => passed == point);

    /// <summary>Every result, one a line.</summary>
    public override string ToString() => string.Join('\n', Results.Select(result => $"{Operation}: {result}"));
}
