namespace GuestMemory;

/// <summary>Hands every step to several observers, in order.</summary>
/// <remarks>Immutable; as thread-safe as the observers. What one throws, the later ones never hear of.</remarks>
public sealed class CompositeObserver : IStepObserver
{
    private readonly IStepObserver[] _observers;

    /// <summary>Creates the observer.</summary>
    /// <param name="observers">Whom to tell; the list is copied.</param>
    public CompositeObserver(params IEnumerable<IStepObserver> observers)
    {
        ArgumentNullException.ThrowIfNull(observers);
        _observers = [.. observers];
        if (Array.Exists(_observers, observer => observer is null))
        {
            throw new ArgumentException("An observer is missing.", nameof(observers));
        }
    }

    /// <inheritdoc/>
    public void OnStep(Machine machine, in StepEvent step)
    {
        foreach (var observer in _observers)
        {
            observer.OnStep(machine, step);
        }
    }
}
