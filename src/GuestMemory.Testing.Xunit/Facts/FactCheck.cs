using System.Reflection;
using Xunit;

namespace GuestMemory.Testing.Xunit;

/// <summary>Finds the promises of a contract that no fact runs: none was written, or an inheriting class hides it behind a member of its name.</summary>
internal static class FactCheck
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static void RequireAll(Contract implementation, Type face)
    {
        var facts = face.GetMethods(Declared).Where(IsFact).Select(method => method.Name).ToHashSet(StringComparer.Ordinal);
        var wrong = implementation.Promises.Where(promise => !facts.Contains(promise.Name)).Select(promise => $"{promise} is no fact").ToList();
        for (var type = implementation.GetType(); type != face; type = type.BaseType!)
        {
            wrong.AddRange(type.GetMember("*", Declared).Where(member => facts.Contains(member.Name)).Select(member => $"{type.Name} hides {member.Name}"));
        }

        Assert.NotEmpty(facts);
        Assert.Empty(wrong);
    }

    private static bool IsFact(MethodInfo method) => method.GetCustomAttribute<FactAttribute>() is not null;
}
