namespace GuestMemory.Mutation;

/// <summary>A mutant to try.</summary>
/// <param name="Mutant">Its number.</param>
/// <param name="Tests">Places of the tests that reach it, the quickest first; <see langword="null"/> for all, in a process of its own.</param>
/// <param name="Milliseconds">What the longest of those tests takes without it.</param>
internal sealed record MutantWork(int Mutant, int[]? Tests, double Milliseconds)
{
    /// <summary>How long a few tests may take together: much longer than they do, for a machine that has other work too.</summary>
    public TimeSpan AtMost => TimeSpan.FromMilliseconds(6_000 + (Milliseconds * 4));
}
