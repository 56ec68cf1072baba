using System.Reflection;
using Xunit;
using Xunit.Sdk;

namespace GuestMemory.Tests.Contracts;

/// <summary>Runs a contract's facts by hand, to see which fail.</summary>
internal static class ContractRun
{
    /// <summary>The names of the facts that fail, in alphabetical order.</summary>
    /// <param name="create">Makes the inheriting class, anew for each fact.</param>
    public static IReadOnlyList<string> Failures(Func<object> create)
    {
        var facts = create().GetType().GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).ToArray();
        Assert.NotEmpty(facts);
        return [.. facts.Where(fact => Fails(fact, create())).Select(fact => fact.Name).Order(StringComparer.Ordinal)];
    }

    // Only what an assertion says counts; a model invariant that breaks on the way is a failure that says as much.
    private static bool Fails(MethodInfo fact, object contract)
    {
        try
        {
            fact.Invoke(contract, null);
            return false;
        }
        catch (TargetInvocationException failure) when (failure.InnerException is XunitException or ModelInvariantException)
        {
            return true;
        }
    }
}
