using System.Reflection;
using GuestMemory.Testing.Tests.Mutants;
using GuestMemory.Testing.Xunit;
using Xunit;

namespace GuestMemory.Testing.Tests.Contracts;

/// <summary>The lists of promises are kept by hand, and the facts written by hand: neither leaves a promise out.</summary>
public sealed class PromiseListTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    public static TheoryData<Type, Type> Contracts => new()
    {
        { typeof(BackingStoreContract), typeof(BackingStoreFacts) },
        { typeof(MemslotContract), typeof(MemslotFacts) },
        { typeof(SecondaryMmuContract), typeof(SecondaryMmuFacts) },
        { typeof(OwnershipTableContract), typeof(OwnershipTableFacts) },
    };

    [Fact]
    public void Every_contract_is_looked_at()
    {
        var contracts = typeof(Contract).Assembly.GetExportedTypes().Where(type => type.BaseType == typeof(Contract));

        Assert.Equal(contracts.ToHashSet(), Contracts.Select(row => (Type)row[0]).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void The_list_has_every_promise_once(Type contract, Type face)
    {
        var right = AllMutants.Right.Single(right => right.GetType().BaseType == face);

        Assert.Equal(contract.Name, right.Name);
        Assert.Equal(Promises(contract).Order(StringComparer.Ordinal), right.Promises.Select(promise => promise.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_promise_is_a_fact(Type contract, Type face)
    {
        var facts = face.GetMethods(Declared).Where(method => method.IsDefined(typeof(FactAttribute), inherit: false)).Select(method => method.Name);

        Assert.Equal(contract, face.BaseType);
        Assert.Equal(
            Promises(contract).Append(nameof(MemslotFacts.Every_promise_is_a_fact_that_runs)).Order(StringComparer.Ordinal), facts.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Promises(Type contract) =>
        contract.GetMethods(Declared).Where(method => !method.IsSpecialName && method.ReturnType == typeof(void)).Select(method => method.Name);
}
