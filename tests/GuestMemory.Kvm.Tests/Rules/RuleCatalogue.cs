using System.Reflection;

namespace GuestMemory.Kvm.Tests.Rules;

/// <summary>Every rule of the packages, found by reflection: the checks of every rule table, and every rule kept in a static field.</summary>
internal static class RuleCatalogue
{
    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The checks of the tables of the kernel's face, in the tables' order.</summary>
    public static IReadOnlyList<Rule> KvmChecks { get; } = [.. Tables(typeof(KvmHost).Assembly).SelectMany(checks => checks)];

    /// <summary>Every rule of the kernel's face.</summary>
    public static IReadOnlyList<Rule> Kvm { get; } = RulesOf(typeof(KvmHost).Assembly);

    /// <summary>Every rule of Core.</summary>
    public static IReadOnlyList<Rule> Core { get; } = RulesOf(typeof(Machine).Assembly);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Rule> All { get; } = [.. Kvm, .. Core];

    private static List<Rule> RulesOf(Assembly assembly) =>
        [.. Tables(assembly).SelectMany(checks => checks).Concat(Values(assembly).OfType<Rule>()).Distinct()];

    // An auto property's value is found in its backing field.
    private static IEnumerable<object?> Values(Assembly assembly) =>
        from type in assembly.GetTypes()
        where !type.ContainsGenericParameters
        from field in type.GetFields(Statics)
        where !field.IsLiteral && (typeof(Rule).IsAssignableFrom(field.FieldType) || IsTable(field.FieldType))
        select field.GetValue(null);

    private static IEnumerable<IEnumerable<Rule>> Tables(Assembly assembly) =>
        from value in Values(assembly)
        where IsTable(value!.GetType())
        select (IEnumerable<Rule>)value.GetType().GetProperty("Checks")!.GetValue(value)!;

    private static bool IsTable(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(RuleTable<,>);
}
