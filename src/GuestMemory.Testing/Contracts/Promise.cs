using System.Runtime.CompilerServices;

namespace GuestMemory.Testing;

/// <summary>One promise of a contract, about the implementation that the contract's hooks make. Made by <see cref="Contract.Promises"/>.</summary>
/// <remarks>Immutable. Safe on several threads only with a contract object for each.</remarks>
public sealed class Promise
{
    private readonly Action _check;

    internal Promise(Action check, [CallerArgumentExpression(nameof(check))] string name = "")
    {
        _check = check;
        Name = name;
    }

    /// <summary>Its name, a sentence with underscores: that of the contract's method.</summary>
    public string Name { get; }

    /// <summary>Checks it.</summary>
    /// <exception cref="ContractException">It is broken. What the implementation itself throws comes through as it is.</exception>
    public void Check() => _check();

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
