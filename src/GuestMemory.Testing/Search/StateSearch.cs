namespace GuestMemory.Testing;

/// <summary>Breadth-first search of every state a system can reach, with every invariant and property checked: what it finds broken, it finds by the fewest steps.</summary>
/// <remarks>
/// States are told apart by 128 bits of hash; two different ones are taken for one with a chance of about n^2 / 2^129 for n states. Without a bound on time the report is the
/// same in every run and for any number of workers, its memory and time excepted. Not thread-safe.
/// </remarks>
public sealed class StateSearch
{
    private readonly Func<IStepSystem> _create;
    private readonly SearchOptions _options;

    /// <summary>Prepares a search.</summary>
    /// <param name="create">Makes the system in its first state, the same each time; each worker has one.</param>
    /// <param name="options">How far and how; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public StateSearch(Func<IStepSystem> create, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        _create = create;
        _options = (options ?? new()).Validated();
    }

    /// <summary>Searches from the first state.</summary>
    /// <param name="cancellation">Ends the search after the batch in hand.</param>
    /// <exception cref="ArgumentException">The options ask for what the system does not have.</exception>
    public SearchReport Run(CancellationToken cancellation = default)
    {
        var run = new SearchRun(_create, _options);
        return run.Start() ?? run.Go(cancellation);
    }

    /// <summary>Goes on with a search that was written to a file.</summary>
    /// <param name="path">The file, written by a search of the same system and options; bounds, workers and what is reported may differ.</param>
    /// <param name="cancellation">Ends the search after the batch in hand.</param>
    /// <exception cref="FormatException">The file is no such checkpoint.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public SearchReport Resume(string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var run = new SearchRun(_create, _options);
        run.Read(path);
        return run.Go(cancellation);
    }
}
