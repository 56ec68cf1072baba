namespace GuestMemory.Testing;

/// <summary>An injector that fails what was planned: from one point on, so many points of its kind. At rest it neither counts nor strikes.</summary>
/// <remarks>Mutable; for one system. Not thread-safe.</remarks>
public sealed class PlannedFaults : IFaultInjector
{
    private readonly List<InjectionPoint> _passed = [];
    private bool _isWatching;
    private int _first;
    private int _left;

    /// <summary>The points passed since <see cref="Plan"/>, in order.</summary>
    public IReadOnlyList<InjectionPoint> Passed => _passed;

    /// <summary>Watches from now on, and strikes as said.</summary>
    /// <param name="first">The first point to be struck, from 0; past the last to strike none and only count.</param>
    /// <param name="length">How many points of that one's kind are struck, itself the first; at least 1.</param>
    public void Plan(int first, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _passed.Clear();
        (_isWatching, _first, _left) = (true, first, length);
    }

    /// <summary>Neither counts nor strikes from now on.</summary>
    public void Rest() => _isWatching = false;

    /// <inheritdoc/>
    public bool Strikes(InjectionPoint point)
    {
        if (!_isWatching)
        {
            return false;
        }

        _passed.Add(point);
        if (_passed.Count <= _first || point != _passed[_first] || _left == 0)
        {
            return false;
        }

        _left--;
        return true;
    }
}
