using GuestMemory.Testing.Tests.Mutants;
using GuestMemory.Testing.Xunit;
using Xunit;
using Xunit.Sdk;

namespace GuestMemory.Testing.Tests.Contracts;

public sealed class ContractTests
{
    [Fact]
    public void Promises_are_run_without_a_test_framework()
    {
        var contract = new PlainTable();

        var results = ContractRunner.Run(contract);

        Assert.Equal(contract.Promises.Select(promise => promise.Name), results.Select(result => result.Promise));
        Assert.All(results, result => Assert.True(result.IsKept, result.ToString()));
    }

    [Fact]
    public void A_broken_promise_says_which_and_what_was_expected_and_found()
    {
        var contract = new PlainTable(static () => new() { OnReclaim = static (_, _) => Outcome.Success });

        var broken = Assert.Throws<ContractException>(contract.A_reclaimed_run_is_the_host_s);

        Assert.Equal((nameof(OwnershipTableContract), nameof(contract.A_reclaimed_run_is_the_host_s)), (broken.Contract, broken.Promise));
        Assert.Equal("entry.Owner to be host", broken.Expected);
        Assert.Equal("guest 1", broken.Found);
        Assert.Equal($"{broken.Contract}, {broken.Promise}: expected {broken.Expected}; found {broken.Found}.", broken.Message);
    }

    [Fact]
    public void What_the_implementation_throws_is_a_failure_and_the_rest_still_runs()
    {
        var results = ContractRunner.Run(new PlainTable(static () => new() { OnMerge = static (_, _) => throw new NotSupportedException("no merge") }));

        Assert.Equal(2, results.Count(result => result.Failure is NotSupportedException));
        Assert.Equal(results.Count - 2, results.Count(result => result.IsKept));
        Assert.Contains("Merge_keeps_owner_and_guest_frames: NotSupportedException: no merge", results.Select(result => result.ToString()));
    }

    // Whoever tests with a framework that keeps one object for all tests gets a machine for each promise all the same.
    [Fact]
    public void One_object_serves_for_every_promise_again_and_again()
    {
        var contract = new PlainTable();

        Assert.DoesNotContain(ContractRunner.Run(contract).Concat(ContractRunner.Run(contract)), result => !result.IsKept);
    }

    [Fact]
    public void Hiding_a_promise_keeps_nobody_from_running_it()
    {
        var results = ContractRunner.Run(new HidesAPromise());

        Assert.False(results.Single(result => result.Promise == nameof(OwnershipTableContract.A_reclaimed_run_is_the_host_s)).IsKept);
    }

    [Fact]
    public void A_fact_that_is_hidden_is_missed() =>
        Assert.Contains(nameof(OwnershipTableFacts.Every_promise_is_a_fact_that_runs), FactRun.Failures(() => new HidesAFact()));

    [Fact]
    public void A_fact_that_is_skipped_is_missed() =>
        Assert.Contains(nameof(OwnershipTableFacts.Every_promise_is_a_fact_that_runs), FactRun.Failures(() => new SkipsAFact()));

    // As when a newer GuestMemory.Testing promises more than the face knows.
    [Fact]
    public void A_promise_without_a_fact_is_missed()
    {
        var missed = Assert.ThrowsAny<XunitException>(() => FactCheck.RequireAll(new SkipsAFact(), face: typeof(SkipsAFact)));

        Assert.Contains("Looking_up_changes_nothing is no fact", missed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Checking_changes_no_entry is no fact", missed.Message, StringComparison.Ordinal);
    }

    private class PlainTable(Func<FaultyTable>? make = null) : OwnershipTableContract
    {
        protected override IOwnershipTable CreateTable(Machine machine) => make is null ? new SoftwareOwnershipTable() : make();
    }

    private sealed class HidesAPromise() : PlainTable(static () => new() { OnReclaim = static (_, _) => Outcome.Success })
    {
        public new void A_reclaimed_run_is_the_host_s()
        {
        }
    }

#pragma warning disable xUnit1000, xUnit1004, xUnit1024 // Hiding and skipping are the mistakes shown here.
    private sealed class HidesAFact : OwnershipTableFacts
    {
        public new void Checking_changes_no_entry()
        {
        }

        protected override IOwnershipTable CreateTable(Machine machine) => new SoftwareOwnershipTable();
    }

    private sealed class SkipsAFact : OwnershipTableFacts
    {
        [LeftOut]
        public new void Checking_changes_no_entry()
        {
        }

        protected override IOwnershipTable CreateTable(Machine machine) => new SoftwareOwnershipTable();
    }
#pragma warning restore xUnit1000, xUnit1004, xUnit1024

    private sealed class LeftOutAttribute : FactAttribute
    {
        private const string Excuse = "not for this table";

        public LeftOutAttribute() => Skip = Excuse;
    }
}
