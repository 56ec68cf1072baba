namespace GuestMemory;

/// <summary>A named invariant does not hold: a policy under <see cref="Enforcement.Observe"/> broke it, a mutant did, or the library has a bug.</summary>
public sealed class ModelInvariantException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="invariant">The invariant's name, such as "I1-frame".</param>
    /// <param name="message">What was found.</param>
    public ModelInvariantException(string invariant, string message)
        : base($"{invariant}: {message}") => Invariant = invariant;

    /// <summary>The invariant's name.</summary>
    public string Invariant { get; }
}
