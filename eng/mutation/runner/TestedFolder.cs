namespace GuestMemory.Mutation;

/// <summary>Built tests beside the mutated assembly.</summary>
/// <param name="Folder">Where they are.</param>
/// <param name="Tests">The tests' assembly, without ending.</param>
/// <param name="Mutated">The mutated assembly, without ending.</param>
/// <param name="Filter">Which tests are left out.</param>
internal sealed record TestedFolder(string Folder, string Tests, string Mutated, string Filter);
