namespace GuestMemory.Tdx;

/// <summary>Checks every invariant after every operation of one module.</summary>
/// <remarks>
/// It remembers the state as it was. State that changes behind its back, by a restored one for instance, is made known with
/// <see cref="Restart"/>. Not thread-safe.
/// </remarks>
public sealed class TdxChecker : ITdxObserver
{
    private readonly TdxCheckerOptions _options;
    private readonly ITdxObserver? _next;
    private readonly List<TdxBreach> _breaches = [];
    private ModuleShadow _shadow;

    /// <summary>Creates a checker. It hears of operations once it is the module's observer.</summary>
    /// <param name="module">The module, as it is before the first operation.</param>
    /// <param name="options">How much to look at; <see langword="null"/> for <see cref="TdxCheckerOptions.Strict"/>.</param>
    /// <param name="next">Who hears of an operation after the check; <see langword="null"/> for nobody.</param>
    public TdxChecker(TdxModule module, TdxCheckerOptions? options = null, ITdxObserver? next = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        _options = options ?? TdxCheckerOptions.Strict;
        _next = next;
        _shadow = new(module, _options.ComparesBytes);
    }

    /// <summary>What was found, in order.</summary>
    public IReadOnlyList<TdxBreach> Breaches => _breaches;

    /// <summary>Creates a checker and puts it before the module's observer.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">How much to look at; <see langword="null"/> for <see cref="TdxCheckerOptions.Strict"/>.</param>
    public static TdxChecker Attach(TdxModule module, TdxCheckerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        var checker = new TdxChecker(module, options, module.Observer);
        module.Observer = checker;
        return checker;
    }

    /// <summary>Whether an invariant was broken at any time.</summary>
    /// <param name="id">Its id.</param>
    public bool WasBroken(string id) => _breaches.Exists(breach => breach.Invariant.Id == id);

    /// <summary>Takes a module as it is now for the beginning; breaches found stay.</summary>
    /// <param name="module">The module.</param>
    public void Restart(TdxModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        _shadow = new(module, _options.ComparesBytes);
    }

    /// <inheritdoc/>
    /// <exception cref="ModelInvariantException">An invariant is broken, and the options say to throw.</exception>
    public void OnOperation(TdxModule module, in TdxOperation operation)
    {
        ArgumentNullException.ThrowIfNull(module);
        var before = _breaches.Count;
        var step = new TdxStep(module, operation, _shadow, _options.Scope);
        foreach (var invariant in TdxInvariants.All)
        {
            Add(invariant.Find(step));
        }

        _shadow.Follow(step);
        var scan = _options.Scope == CheckScope.Everything ? TdxScan.Of(module) : TdxScan.Of(step, _shadow);
        foreach (var invariant in TdxInvariants.All)
        {
            Add(invariant.Find(scan));
        }

        if (_options.Throws && _breaches.Count > before)
        {
            throw new ModelInvariantException(_breaches[before].Invariant.Id, $"{_breaches[before].Where}: {_breaches[before].Text} ({operation})");
        }

        _next?.OnOperation(module, operation);
    }

    private void Add(TdxBreach? breach)
    {
        if (breach is not null)
        {
            _breaches.Add(breach);
        }
    }
}
