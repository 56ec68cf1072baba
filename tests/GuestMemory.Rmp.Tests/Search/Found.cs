namespace GuestMemory.Rmp.Tests.Search;

/// <summary>What a search came to.</summary>
/// <param name="Broken">The invariant or property that broke first; <see langword="null"/> for none.</param>
/// <param name="Steps">The steps to it.</param>
/// <param name="States">States seen.</param>
/// <param name="Transitions">Steps made.</param>
/// <param name="Refusals">The rules that refused a step.</param>
internal sealed record Found(string? Broken, IReadOnlyList<string> Steps, int States, int Transitions, IReadOnlySet<Rule> Refusals);
