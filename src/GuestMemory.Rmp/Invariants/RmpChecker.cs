namespace GuestMemory.Rmp;

/// <summary>Checks every invariant after every operation of one platform.</summary>
/// <remarks>
/// It remembers the table as it was and what guests wrote. Entries that change behind its back, by a restored state for one, are
/// made known with <see cref="Restart"/>. Not thread-safe.
/// </remarks>
public sealed class RmpChecker : ISnpObserver, IStateful
{
    private readonly SnpPlatform _platform;
    private readonly RmpCheckerOptions _options;
    private readonly ISnpObserver? _next;
    private readonly RmpMemory _memory;
    private readonly List<RmpBreach> _breaches = [];

    /// <summary>Creates a checker. It hears of operations once it is the platform's observer.</summary>
    /// <param name="platform">The platform, as it is before the first operation.</param>
    /// <param name="options">What to throw for; <see langword="null"/> for the defaults.</param>
    /// <param name="next">Who hears of an operation after the check; <see langword="null"/> for nobody.</param>
    public RmpChecker(SnpPlatform platform, RmpCheckerOptions? options = null, ISnpObserver? next = null)
    {
        ArgumentNullException.ThrowIfNull(platform);
        _platform = platform;
        _options = options ?? RmpCheckerOptions.Default;
        _next = next;
        _memory = new(platform, _options.OwnsMemory);
    }

    /// <summary>What was found, in order.</summary>
    public IReadOnlyList<RmpBreach> Breaches => _breaches;

    /// <summary>Creates a checker and puts it before the platform's observer.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="options">What to throw for; <see langword="null"/> for the defaults.</param>
    public static RmpChecker Attach(SnpPlatform platform, RmpCheckerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(platform);
        var checker = new RmpChecker(platform, options, platform.Observer);
        platform.Observer = checker;
        return checker;
    }

    /// <summary>Whether an invariant was broken at any time.</summary>
    /// <param name="name">The invariant's name.</param>
    public bool WasBroken(string name) => _breaches.Exists(breach => breach.Invariant.Name == name);

    /// <summary>Takes a platform as it is now for the beginning; breaches found stay.</summary>
    /// <param name="platform">The platform.</param>
    public void Restart(SnpPlatform platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        _memory.Take(platform);
    }

    /// <inheritdoc/>
    /// <remarks>What guests wrote, which swapped pages came back, and whether INV-SNP-17 was broken; the table as it was is the platform's own.</remarks>
    public void WriteState(ref StateWriter writer)
    {
        writer.Flag(WasBroken(Twice.Name));
        _memory.Bytes.Write(ref writer);
        _memory.Swaps.Write(ref writer);
    }

    /// <inheritdoc/>
    /// <remarks>The platform is restored before. Of the breaches found only that of INV-SNP-17 is known again.</remarks>
    public void ReadState(ref StateReader reader)
    {
        _memory.Take(_platform);
        _breaches.Clear();
        if (reader.Flag())
        {
            _breaches.Add(new(Twice, "before the state that was restored"));
        }

        _memory.Bytes.Read(ref reader);
        _memory.Swaps.Read(ref reader);
    }

    /// <inheritdoc/>
    /// <exception cref="ModelInvariantException">An asserted invariant is broken.</exception>
    public void OnOperation(SnpPlatform platform, in SnpOperation operation)
    {
        ArgumentNullException.ThrowIfNull(platform);
        var step = new RmpStep(platform, _options.Views, BlocksOf(platform, operation), operation, _memory);
        var scan = _options.Scope == CheckScope.Touched ? step : new RmpScan(platform, _options.Views);
        var breaches = Find(step, scan).ToArray();
        _breaches.AddRange(breaches);
        _memory.Follow(step);
        Throw(breaches);
        _next?.OnOperation(platform, operation);
    }

    private static RmpInvariant Twice { get; } = RmpInvariants.All.First(invariant => invariant.Name == "INV-SNP-17");

    private static IEnumerable<RmpBreach> Find(RmpStep step, RmpScan scan)
    {
        foreach (var invariant in RmpInvariants.All)
        {
            if ((invariant.Find(step) ?? invariant.Find(scan)) is { } breach)
            {
                yield return new(invariant, breach);
            }
        }
    }

    // A wide run, such as all of memory, is its blocks that have or had entries.
    private IReadOnlyList<Pfn> BlocksOf(SnpPlatform platform, in SnpOperation operation)
    {
        var frames = _options.Scope == CheckScope.Everything ? PfnRange.FromBounds(default, new(ulong.MaxValue)) : operation.Frames;
        return frames.Count <= 2 * ReverseMapTable.PagesPerBlock
            ? [.. RmpScan.BlocksOf(frames)]
            : [.. _memory.Table.TouchedBlocks().Union(platform.Table.TouchedBlocks()).Where(block => frames.Overlaps(new(block, ReverseMapTable.PagesPerBlock)))];
    }

    private void Throw(RmpBreach[] breaches)
    {
        foreach (var breach in breaches)
        {
            var isPromised = breach.Invariant.Name != "INV-SNP-18" || !WasBroken(Twice.Name);
            if (isPromised && _options.IsAsserted(breach.Invariant))
            {
                throw new ModelInvariantException(breach.Invariant.Name, breach.Text);
            }
        }
    }
}
