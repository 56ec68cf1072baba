using System.Collections;
using System.Reflection;

namespace GuestMemory.Tdx.Tests.Rules;

/// <summary>Every rule of the library, found by reflection: in tables, in lists, and alone.</summary>
internal static class RuleCatalogue
{
    /// <summary>The module's rules: what its functions, its guests' calls and accesses are decided by.</summary>
    public static IReadOnlyList<Rule> Module { get; } =
    [
        .. HostFunctionTable.All.SelectMany(RulesOf).Concat(GuestFunctionTable.All.SelectMany(function => function.Checks.Checks)).Concat(GuestAccessRules.All)
            .Concat(Find(typeof(TdgMemPageAccept))).Distinct(),
    ];

    /// <summary>All of them, the host's own included.</summary>
    public static IReadOnlyList<Rule> All { get; } = [.. typeof(TdxModule).Assembly.GetTypes().SelectMany(Find).Concat(Module).Distinct()];

    public static Rule Get(string id) => All.Single(rule => rule.Id == id);

    private static IEnumerable<Rule> RulesOf(HostFunction function) =>
        [.. function.Checks.Checks, .. function.LateChecks.Checks, .. function.EntryRules];

    private static IEnumerable<Rule> Find(Type type) => type.ContainsGenericParameters
        ? []
        : type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(field => !field.IsLiteral)
            .SelectMany(field => Unpack(field.GetValue(null)));

    private static IEnumerable<Rule> Unpack(object? value) => value switch
    {
        Rule rule => [rule],
        HostFunction function => RulesOf(function),
        _ when value?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(RuleTable<,>) => Unpack(type.GetProperty("Checks")!.GetValue(value)),
        string => [],
        IEnumerable many => many.Cast<object?>().SelectMany(Unpack),
        _ => [],
    };
}
