using System.Collections.Immutable;

namespace GuestMemory;

/// <summary>Which rules of one machine are switched off. Immutable; part of a machine's options, never of a static.</summary>
public sealed class RuleSwitches
{
    private readonly ImmutableHashSet<string> _off;

    private RuleSwitches(ImmutableHashSet<string> off) => _off = off;

    /// <summary>Every rule in force.</summary>
    public static RuleSwitches AllOn { get; } = new([]);

    /// <summary>The ids that are off, in ordinal order.</summary>
    public IEnumerable<string> Off => _off.Order(StringComparer.Ordinal);

    /// <summary>The same switches with one rule more switched off.</summary>
    /// <param name="ruleId">The rule's id.</param>
    public RuleSwitches Without(string ruleId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(ruleId);
        return new(_off.Add(ruleId));
    }

    /// <summary>Whether the rule is off.</summary>
    /// <param name="rule">The rule.</param>
    public bool IsOff(Rule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return !_off.IsEmpty && _off.Contains(rule.Id);
    }
}
