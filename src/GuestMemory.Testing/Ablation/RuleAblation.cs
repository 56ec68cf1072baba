using System.Collections.Concurrent;

namespace GuestMemory.Testing;

/// <summary>Switches rules off, one at a time, and searches for the shortest way in which something breaks then: what the rule is there for.</summary>
/// <remarks>
/// A check that refuses nothing within the bounds while it is on makes no difference when it is off: only scenarios are searched in which the rule refuses something. A rule of class
/// <see cref="CheckClass.Security"/> that is seen to refuse nowhere may still decide an order or a path; for it every scenario is searched. Thread-safe.
/// </remarks>
public sealed class RuleAblation
{
    private readonly IReadOnlyList<IStepSystemSource> _sources;
    private readonly StepSystemOptions _options;
    private readonly SearchOptions _search;
    private readonly ConcurrentDictionary<(string Source, string Scenario), Lazy<SearchReport>> _baselines = [];

    /// <summary>Prepares ablations.</summary>
    /// <param name="sources">The kinds of system.</param>
    /// <param name="search">Bounds of each search; depth at least.</param>
    /// <param name="options">What systems are made of; <see langword="null"/> for the defaults. Scenario and rules are set here.</param>
    public RuleAblation(IReadOnlyList<IStepSystemSource> sources, SearchOptions search, StepSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(search);
        _sources = sources;
        _search = search;
        _options = options ?? new();
    }

    /// <summary>Searches for what breaks without a rule.</summary>
    /// <param name="rule">The rule.</param>
    public AblationResult Of(Rule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var scenarios = _sources.SelectMany(source => source.Scenarios.Select(scenario => (Source: source, Scenario: scenario))).ToArray();
        var refusing = Array.FindAll(scenarios, start => BaselineOf(start.Source, start.Scenario).RulesSeen.Contains(rule.Id));
        RuleAttack? best = null;
        foreach (var (source, scenario) in refusing.Length > 0 ? refusing : rule.Class == CheckClass.Security ? scenarios : [])
        {
            best = Shorter(best, source, scenario, rule);
        }

        return new(rule, best, [.. refusing.Select(start => $"{start.Source.Name}/{start.Scenario}")]);
    }

    /// <summary>What a scenario comes to with every rule on.</summary>
    /// <param name="source">The kind of system.</param>
    /// <param name="scenario">The scenario.</param>
    /// <exception cref="InvalidOperationException">Something breaks with every rule on; the message shows how.</exception>
    public SearchReport BaselineOf(IStepSystemSource source, string scenario)
    {
        ArgumentNullException.ThrowIfNull(source);
        var report = _baselines.GetOrAdd((source.Name, scenario), _ => new(() => Search(source, scenario, RuleSwitches.AllOn, _search.Depth))).Value;
        return report.Counterexample is null
            ? report
            : throw new InvalidOperationException($"{source.Name}, scenario {scenario}, breaks with every rule on:\n{report.Counterexample}");
    }

    private RuleAttack? Shorter(RuleAttack? best, IStepSystemSource source, string scenario, Rule rule)
    {
        var depth = best is null ? _search.Depth : Math.Min(_search.Depth, best.Counterexample.Steps.Count - 1);
        var found = depth < 1 ? null : Search(source, scenario, RuleSwitches.AllOn.Without(rule.Id), depth).Counterexample;
        return found is null ? best : new(source.Name, scenario, found);
    }

    private SearchReport Search(IStepSystemSource source, string scenario, RuleSwitches rules, int depth) => new StateSearch(
        () => source.Create(_options with { Scenario = scenario, Rules = rules }), _search with { Depth = depth }).Run();
}
