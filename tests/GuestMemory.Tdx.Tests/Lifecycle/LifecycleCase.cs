namespace GuestMemory.Tdx.Tests.Lifecycle;

/// <summary>A call that one rule decides: the world before it, the call, and the whole of RAX.</summary>
internal sealed record LifecycleCase(string Rule, ulong Status, Func<TdxWorld> World, Func<TdxWorld, TdxResult> Call);
