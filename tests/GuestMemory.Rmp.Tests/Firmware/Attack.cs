namespace GuestMemory.Rmp.Tests.Firmware;

/// <summary>A command that a rule stands against, and the invariant that breaks where it gets through.</summary>
/// <param name="Invariant">Its name, INV-SNP-n.</param>
/// <param name="Command">The command that the rule refuses.</param>
/// <param name="Prepare">What host and guests do before, under the checker.</param>
/// <param name="Use">What they do once it is done.</param>
/// <param name="World">The world it begins in; <see langword="null"/> for the one with guests.</param>
internal sealed record Attack(
    string Invariant,
    Func<FirmwareWorld, FirmwareResult> Command,
    Action<FirmwareWorld>? Prepare = null,
    Action<FirmwareWorld>? Use = null,
    Func<RuleSwitches, FirmwareWorld>? World = null)
{
    /// <summary>Runs it.</summary>
    /// <returns>The rule that refused, and every invariant broken at any time or in the state at the end.</returns>
    public (string? Refused, IEnumerable<string> Broken) With(RuleSwitches rules)
    {
        var world = World?.Invoke(rules) ?? FirmwareWorld.WithGuests(rules: rules);
        var checker = RmpChecker.Attach(world.Platform, RmpCheckerOptions.Record);
        Prepare?.Invoke(world);
        var result = Command(world);
        if (result.IsSuccess)
        {
            Use?.Invoke(world);
        }

        var broken = checker.Breaches.Concat(RmpInvariants.FindBreaches(world.Platform)).Select(breach => breach.Invariant.Name);
        return (result.DecidedBy?.Id, broken.Distinct().Order(StringComparer.Ordinal));
    }
}
