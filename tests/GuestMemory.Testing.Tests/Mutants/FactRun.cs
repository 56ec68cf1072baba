using System.Reflection;
using Xunit;

namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>Runs the facts of a contract's xUnit face by hand, to see which fail.</summary>
internal static class FactRun
{
    /// <summary>The names of the facts that fail, in alphabetical order.</summary>
    /// <param name="create">Makes the inheriting class, anew for each fact.</param>
    public static IReadOnlyList<string> Failures(Func<object> create)
    {
        var facts = create().GetType().GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).ToArray();
        Assert.NotEmpty(facts);
        return [.. facts.Where(fact => Fails(fact, create())).Select(fact => fact.Name).Order(StringComparer.Ordinal)];
    }

    private static bool Fails(MethodInfo fact, object contract)
    {
        try
        {
            fact.Invoke(contract, null);
            return false;
        }
        catch (TargetInvocationException)
        {
            return true;
        }
    }
}
