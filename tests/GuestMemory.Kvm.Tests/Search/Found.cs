namespace GuestMemory.Kvm.Tests.Search;

/// <summary>What a small search came to.</summary>
/// <param name="Broken">The invariant or property that broke; <see langword="null"/> when none did.</param>
/// <param name="Path">The steps to it, in words.</param>
/// <param name="Steps">The same as numbers.</param>
/// <param name="States">States seen.</param>
internal sealed record Found(string? Broken, string[] Path, uint[] Steps, int States)
{
    public override string ToString() => $"{Broken ?? "nothing"} after {Path.Length} steps, {States} states: {string.Join("; ", Path)}";
}
