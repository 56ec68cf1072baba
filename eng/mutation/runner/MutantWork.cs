namespace GuestMemory.Mutation;

/// <summary>A mutant to try.</summary>
/// <param name="Mutant">Its number.</param>
/// <param name="Tests">Places of the tests that reach it, the quickest first; <see langword="null"/> for all, in a process of its own.</param>
/// <param name="Milliseconds">What those tests take without it.</param>
internal sealed record MutantWork(int Mutant, int[]? Tests, double Milliseconds);
