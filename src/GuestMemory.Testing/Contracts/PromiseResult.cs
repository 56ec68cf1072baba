namespace GuestMemory.Testing;

/// <summary>What became of one promise.</summary>
/// <param name="Promise">The promise's name.</param>
/// <param name="Failure">
/// What was thrown: a <see cref="ContractException"/> when the promise is broken, anything else when the implementation or a hook threw;
/// <see langword="null"/> when the promise is kept.
/// </param>
public sealed record PromiseResult(string Promise, Exception? Failure)
{
    /// <summary>Whether the promise is kept.</summary>
    public bool IsKept => Failure is null;

    /// <summary>The promise, and what is wrong, in one line.</summary>
    public override string ToString() => Failure is null ? $"{Promise}: kept" : $"{Promise}: {Failure.GetType().Name}: {Failure.Message}";
}
