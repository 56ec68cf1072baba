namespace GuestMemory.Tdx.Tests.Invariants;

/// <summary>How an invariant is broken: the world before, and what happens to it, told as an operation.</summary>
internal sealed record Breakage(Func<HandMade, TdxOperation> Break, Action<HandMade>? Prepare = null, TdxOpState OpState = TdxOpState.Runnable);
