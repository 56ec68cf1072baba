using System.Collections.Concurrent;
using GuestMemory.Testing;
using Xunit;
using Xunit.Abstractions;

namespace GuestMemory.Tdx.Tests.Search;

/// <summary>Every rule of class security, switched off, lets a search break something; those that do not are listed, with the reason.</summary>
public sealed class AblationTests(ITestOutputHelper output)
{
    private const string HostsOwn = "a rule of the host above the module; the scenarios call the module alone";

    private static readonly Dictionary<string, string> s_withoutAttack = new(StringComparer.Ordinal)
    {
        ["TDH.VP.FLUSH/keys"] = "a TD's key goes only once no vCPU is associated with a processor, and then the next check, /associated, refuses",
        [TdxHostRules.StillOwned.Id] = HostsOwn,
        [TdxHostRules.Unwritten.Id] = HostsOwn,
        [TdxHostRules.Taken.Id] = HostsOwn,
        [TdxAccessRules.Pending.Id] = HostsOwn,
        [TdxAccessRules.WriteBlocked.Id] = HostsOwn,
        [TdxAccessRules.Integrity.Id] = HostsOwn,
    };

    [Fact]
    public void Without_a_rule_of_class_security_a_search_breaks_something()
    {
        var baselines = new ConcurrentDictionary<string, SearchReport>(StringComparer.Ordinal);
        Parallel.ForEach(TdxSystems.Tdx.Scenarios, scenario => baselines[scenario] = Ablation.BaselineOf(scenario));
        Assert.All(baselines, one => Assert.True(one.Value.Counterexample is null, $"{one.Key}: {one.Value.Counterexample}"));

        var missed = new ConcurrentBag<string>();
        var security = TdxSystems.Tdx.Rules.Where(rule => rule.Class == CheckClass.Security).Select(rule => rule.Id).ToArray();
        var found = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        Parallel.ForEach(security, rule =>
        {
            if (Ablation.Attack(rule, baselines) is { } attack)
            {
                found[rule] = $"{attack.Breaks}: {string.Join("; ", attack.Steps.Select(static step => step.Text))}";
            }
            else
            {
                missed.Add(rule);
            }
        });

        foreach (var (rule, path) in found.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"{rule}: {path}");
        }

        Assert.Equal(s_withoutAttack.Keys.Order(StringComparer.Ordinal), missed.Order(StringComparer.Ordinal));
        Assert.True(found.Count * 10 >= security.Length * 9, $"{found.Count} of {security.Length}");
    }
}
