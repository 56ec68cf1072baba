namespace GuestMemory.Testing;

/// <summary>Looks for known bugs: in a system that has one, and in the same system with every rule on.</summary>
public static class KnownBugSearch
{
    /// <summary>Searches a system that has a bug.</summary>
    /// <param name="source">The kind of system.</param>
    /// <param name="bug">The bug, one of <see cref="IStepSystemSource.Bugs"/>.</param>
    /// <param name="options">Bounds; <see langword="null"/> for 20 steps.</param>
    /// <returns>The report; its counterexample is the shortest way to what the bug breaks.</returns>
    public static SearchReport Find(IStepSystemSource source, KnownBug bug, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(bug);
        return new StateSearch(() => source.Create(bug.Options), options ?? new() { Depth = 20 }).Run();
    }

    /// <summary>Searches the same system with every rule on, as far as the bug's counterexample is long.</summary>
    /// <param name="source">The kind of system.</param>
    /// <param name="bug">The bug.</param>
    /// <param name="depth">Steps of the bug's counterexample.</param>
    /// <param name="options">Other bounds; <see langword="null"/> for none.</param>
    /// <returns>The report; without a counterexample when the rules keep the bug away.</returns>
    public static SearchReport Without(IStepSystemSource source, KnownBug bug, int depth, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(bug);
        return new StateSearch(() => source.Create(bug.Options with { Rules = RuleSwitches.AllOn }), (options ?? new()) with { Depth = depth }).Run();
    }
}
