using GuestMemory;
using GuestMemory.Kvm;
using GuestMemory.Rmp;
using GuestMemory.Tdx;

/// <summary>Every kind of system that can be searched.</summary>
internal static class SearchableSystems
{
    public static IReadOnlyList<IStepSystemSource> All { get; } =
        [SoftwareSystems.Software, SnpSystems.Sev, SnpSystems.Snp, TdxSystems.Tdx, SoftwareSystems.FirstMerged];

    /// <summary>Those in which nothing breaks while every rule is on.</summary>
    public static IReadOnlyList<IStepSystemSource> Sound { get; } = [.. All.Where(source => source != SoftwareSystems.FirstMerged)];

    public static IReadOnlyList<Rule> Rules { get; } = [.. CoreRules.All.Concat(All.SelectMany(source => source.Rules)).DistinctBy(rule => rule.Id)];

    public static IStepSystemSource Find(string name) => All.FirstOrDefault(source => source.Name == name)
        ?? throw new ArgumentException($"There is no system \"{name}\"; there are {string.Join(", ", All.Select(source => source.Name))}.");

    public static Rule FindRule(string id) => Rules.FirstOrDefault(rule => rule.Id == id)
        ?? throw new ArgumentException($"There is no rule \"{id}\". docs/why.md lists them all; near it: {string.Join(", ", Rules.Select(rule => rule.Id).Where(other => other.StartsWith(id.Split('/')[0], StringComparison.OrdinalIgnoreCase)).Take(8))}.");
}
