namespace GuestMemory.Testing;

/// <summary>An operation to be tried with every failure, and what is promised of it.</summary>
/// <typeparam name="TSystem">The system: whatever the operation needs at hand.</typeparam>
/// <param name="Name">The operation's name.</param>
/// <param name="Make">Makes the system, ready for the operation; every call makes an equal one. The injector goes into its options.</param>
/// <param name="StateOf">The system's whole state.</param>
/// <param name="Operate">Makes the operation.</param>
public sealed record InjectedOperation<TSystem>(
    string Name, Func<IFaultInjector, TSystem> Make, Func<TSystem, IStateful> StateOf, Func<TSystem, Outcome> Operate)
{
    /// <summary>How many points of one kind fail in a row, each tried at every point. Default: one.</summary>
    public IReadOnlyList<int> Lengths { get; init; } = [1];

    /// <summary>What the operation leaves. Default, <see langword="null"/>: nothing when it is refused, all of it when it succeeds.</summary>
    public Func<InjectedStrike, DeclaredEffect<TSystem>?> Leaves { get; init; } = static _ => null;

    /// <summary>Whether the operation, made again when nothing fails any more, succeeds. Default: yes. Not asked of one that was done whole.</summary>
    public Func<InjectedStrike, bool> Completes { get; init; } = static _ => true;

    /// <summary>Takes the operation back, whole or made again. Default, <see langword="null"/>: it is not taken back.</summary>
    public Action<TSystem>? Undo { get; init; }

    /// <summary>What the system holds that must not be lost, in words: the same before the operation and after <see cref="Undo"/>. Default: nothing.</summary>
    public Func<TSystem, string> Holds { get; init; } = static _ => "";

    /// <summary>Whether a strike costs something for good, such as a frame in an unknown state. Default: none does. What is held is not compared then.</summary>
    public Func<InjectedStrike, bool> Loses { get; init; } = static _ => false;

    /// <summary>Looks for a broken invariant. Default: finds none.</summary>
    public Func<TSystem, string?> FindBreach { get; init; } = static _ => null;
}
