using Xunit;

namespace GuestMemory.Testing.Tests.Mutants;

/// <summary>A contract is worth what it catches: each mutant breaks the promise that is there for it, and nothing else does.</summary>
public sealed class MutantTests
{
    public static TheoryData<string, string> Names
    {
        get
        {
            var names = new TheoryData<string, string>();
            foreach (var mutant in AllMutants.All)
            {
                names.Add(mutant.Name, mutant.Promise);
            }

            return names;
        }
    }

    public static TheoryData<string> Contracts => [.. AllMutants.Right.Select(contract => contract.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mutant_is_killed(string name, string promise)
    {
        var contract = AllMutants.All.Single(mutant => mutant.Name == name).Create();

        var result = ContractRunner.Run(contract).Single(result => result.Promise == promise);

        // A model invariant that breaks on the way says as much as the contract's own words.
        Assert.True(result.Failure is ContractException or ModelInvariantException, $"{name} is not killed by {result}");
        Assert.True(result.Failure is not ContractException broken || (broken.Contract, broken.Promise) == (contract.Name, promise), result.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_xUnit_face_fails_where_the_contract_does(string name, string promise)
    {
        var mutant = AllMutants.All.Single(mutant => mutant.Name == name);

        var broken = ContractRunner.Run(mutant.Create()).Where(result => !result.IsKept).Select(result => result.Promise);
        var failed = FactRun.Failures(mutant.Create);

        Assert.Equal(broken.Order(StringComparer.Ordinal), failed);
        Assert.Contains(promise, failed);
    }

    // Else a promise could be broken by the wrapping and not by the mistake.
    [Theory]
    [MemberData(nameof(Contracts))]
    public void Without_a_mistake_every_promise_is_kept(string name)
    {
        var results = ContractRunner.Run(AllMutants.Right.Single(contract => contract.Name == name));

        Assert.All(results, result => Assert.True(result.IsKept, result.ToString()));
        Assert.NotEmpty(results);
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_promise_catches_a_mutant(string name)
    {
        var promises = AllMutants.Right.Single(contract => contract.Name == name).Promises.Select(promise => promise.Name);

        Assert.Empty(promises.Except(AllMutants.All.Where(mutant => mutant.Create().Name == name).Select(mutant => mutant.Promise)));
    }

    // The README says so.
    [Fact]
    public void There_are_over_a_hundred() => Assert.InRange(AllMutants.All.Count, 101, int.MaxValue);

    [Fact]
    public void No_two_mutants_have_one_name() => Assert.Distinct(AllMutants.All.Select(mutant => mutant.Name));
}
