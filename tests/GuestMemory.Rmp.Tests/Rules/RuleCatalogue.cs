using System.Reflection;

namespace GuestMemory.Rmp.Tests.Rules;

/// <summary>The rules of the instructions and of the accesses, found by reflection: the checks of every table, and every rule kept in a static field.</summary>
internal static class RuleCatalogue
{
    private static readonly Type[] s_types =
        [typeof(RmpUpdate), typeof(Psmash), typeof(Pvalidate), typeof(RmpAdjust), typeof(RmpQuery), typeof(RmpRead), typeof(Vmrun), typeof(AccessRules)];

    public static IReadOnlyList<Rule> All { get; } = [.. s_types.SelectMany(Checks).Concat(s_types.SelectMany(Values).OfType<Rule>()).Distinct()];

    /// <summary>Those a switch turns off; the others only say what happened.</summary>
    public static IReadOnlyList<Rule> Switchable { get; } = [.. All.Where(rule => rule != Pvalidate.Unchanged)];

    private static IEnumerable<Rule> Checks(Type type) =>
        from value in Values(type)
        where value is not null && value.GetType() is { IsGenericType: true } kind && kind.GetGenericTypeDefinition() == typeof(RuleTable<,>)
        from rule in (IEnumerable<Rule>)value.GetType().GetProperty("Checks")!.GetValue(value)!
        select rule;

    private static IEnumerable<object?> Values(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(field => !field.IsLiteral && !typeof(System.Collections.IEnumerable).IsAssignableFrom(field.FieldType))
            .Select(field => field.GetValue(null));
}
