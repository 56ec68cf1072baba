namespace GuestMemory.Testing;

/// <summary>Runs a contract's promises where there is no test framework. Uses no reflection.</summary>
public static class ContractRunner
{
    /// <summary>Checks every promise, in order, each on what it makes itself.</summary>
    /// <param name="contract">The contract, with its hooks filled in.</param>
    /// <returns>One result a promise, kept or not.</returns>
    public static IReadOnlyList<PromiseResult> Run(Contract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        var results = new List<PromiseResult>();
        foreach (var promise in contract.Promises)
        {
            results.Add(new(promise.Name, FailureOf(promise)));
        }

        return results;
    }

#pragma warning disable CA1031 // Whatever an implementation throws is a promise not kept; the others are still checked.
    private static Exception? FailureOf(Promise promise)
    {
        try
        {
            promise.Check();
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
#pragma warning restore CA1031
}
