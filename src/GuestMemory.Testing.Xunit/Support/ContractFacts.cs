using System.Reflection;
using Xunit;

namespace GuestMemory.Testing;

/// <summary>Finds the facts of a contract that an inheriting class keeps from running: the only way is to hide one behind a member of its name.</summary>
internal static class ContractFacts
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static void RequireAll(Type implementer, Type contract)
    {
        var facts = contract.GetMethods(Declared).Where(IsFact).Select(method => method.Name).ToHashSet(StringComparer.Ordinal);
        var wrong = new List<string>();
        for (var type = implementer; type != contract; type = type.BaseType!)
        {
            wrong.AddRange(type.GetMember("*", Declared).Where(member => facts.Contains(member.Name)).Select(member => $"{type.Name} hides {member.Name}"));
        }

        Assert.NotEmpty(facts);
        Assert.Empty(wrong);
    }

    private static bool IsFact(MethodInfo method) => method.GetCustomAttribute<FactAttribute>() is not null;
}
