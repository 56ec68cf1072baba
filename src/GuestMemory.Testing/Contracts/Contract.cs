using System.Runtime.CompilerServices;

namespace GuestMemory.Testing;

/// <summary>What every implementation of an interface promises, without a test framework: each promise is a public method that returns or throws.</summary>
/// <remarks>
/// Inherit one of the four contracts, make what it tests in its hooks, and run its promises: all with <see cref="ContractRunner"/>, or
/// one at a time from the tests of any framework. Each promise makes its own machine, so a hook must carry nothing from one call
/// to the next. A promise cannot be overridden; hiding one does not keep <see cref="Promises"/> from running it. Not thread-safe.
/// </remarks>
public abstract partial class Contract
{
    private string _promise = "";

    private protected Contract()
    {
    }

    /// <summary>The contract's name: that of the class that states it, whatever inherits it.</summary>
    public abstract string Name { get; }

    /// <summary>All its promises, in the order in which they are stated. A list kept by hand and tested to be whole: nothing is looked up at run time.</summary>
    public abstract IReadOnlyList<Promise> Promises { get; }

    // Each promise starts here: from now on its name stands in what is thrown, and what the last one made is forgotten.
    private protected void Begin([CallerMemberName] string promise = "")
    {
        _promise = promise;
        Renew();
    }

    private protected virtual void Renew()
    {
    }
}
