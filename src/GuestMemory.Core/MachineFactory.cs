namespace GuestMemory;

/// <summary>Makes machines. Thread-safe: it holds frozen options and the known technologies only; the machines it makes are not.</summary>
public sealed class MachineFactory
{
    private readonly MachineOptions _options;
    private readonly IGuestTechnology[] _technologies;

    /// <summary>Creates a factory.</summary>
    /// <param name="options">The options; frozen by this. <see langword="null"/> for the defaults.</param>
    /// <param name="technologies">The kinds of VM its machines can run, each type number once.</param>
    /// <exception cref="ArgumentException">An option is out of range, or two technologies claim one type number.</exception>
    public MachineFactory(MachineOptions? options = null, IEnumerable<IGuestTechnology>? technologies = null)
    {
        _options = (options ?? new MachineOptions()).Freeze();
        _technologies = technologies?.ToArray() ?? [];
        foreach (var same in _technologies.GroupBy(technology => technology.VmType))
        {
            if (same.Skip(1).Any())
            {
                throw new ArgumentException(
                    $"VM type {same.Key} is claimed by {string.Join(" and ", same.Select(technology => technology.Name))}.", nameof(technologies));
            }
        }
    }

    /// <summary>The options of its machines.</summary>
    public MachineOptions Options => _options;

    /// <summary>The kinds of VM its machines can run.</summary>
    public IReadOnlyList<IGuestTechnology> Technologies => _technologies;

    /// <summary>Makes a machine with nothing on it.</summary>
    /// <param name="observer">Hears of every step; <see langword="null"/> for nobody.</param>
    public Machine Create(IStepObserver? observer = null) => new(_options, _technologies, observer);
}
