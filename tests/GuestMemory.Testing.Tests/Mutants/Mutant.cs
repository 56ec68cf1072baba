namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>A wrong implementation: what it does, in words, the promise that is there to catch it, and the contract over it.</summary>
internal sealed record Mutant(string Name, string Promise, Func<Contract> Create);
