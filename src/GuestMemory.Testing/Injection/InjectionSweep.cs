namespace GuestMemory.Testing;

/// <summary>Makes an operation fail at every point where it can, and compares what is left with what is declared.</summary>
/// <remarks>
/// The operation runs once with nothing failing, which counts its points; then once for every point and length, each time on a system of its own.
/// A refused operation leaves the state as it was, one that succeeds the state of the first run, unless it declares something else; no invariant is broken;
/// made again, it succeeds; taken back, the system holds what it held.
/// </remarks>
public static class InjectionSweep
{
    /// <summary>Sweeps one operation.</summary>
    /// <typeparam name="TSystem">The system.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <exception cref="ArgumentException">The operation does not succeed when nothing fails.</exception>
    public static InjectionReport Run<TSystem>(InjectedOperation<TSystem> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var sweep = new OperationSweep<TSystem>(operation);
        var points = sweep.Points;
        var results = new List<InjectionResult>();
        for (var at = 0; at < points.Count; at++)
        {
            foreach (var length in operation.Lengths)
            {
                results.Add(sweep.Strike(at, length));
            }
        }

        return new(operation.Name, points, results);
    }
}
