namespace GuestMemory.Testing;

/// <summary>What a struck operation leaves, as something else that leads to the same state.</summary>
/// <typeparam name="TSystem">The system.</typeparam>
/// <param name="Effect">The effect, as it is documented.</param>
/// <param name="Reference">Steps that bring a freshly prepared system, in which nothing fails, to the state that is left.</param>
public sealed record DeclaredEffect<TSystem>(PartialEffect Effect, Action<TSystem> Reference);
