namespace GuestMemory.Testing;

/// <summary>An implementation broke a promise of a contract.</summary>
public sealed class ContractException : Exception
{
    /// <summary>Creates an exception that says nothing. Contracts use the one with four parts.</summary>
    public ContractException()
    {
    }

    /// <summary>Creates an exception from a message. Contracts use the one with four parts.</summary>
    /// <param name="message">The message.</param>
    public ContractException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception from a message and its cause. Contracts use the one with four parts.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public ContractException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception of a broken promise.</summary>
    /// <param name="contract">The contract's name.</param>
    /// <param name="promise">The promise's name.</param>
    /// <param name="expected">What should have been.</param>
    /// <param name="found">What was.</param>
    public ContractException(string contract, string promise, string expected, string found)
        : base($"{contract}, {promise}: expected {expected}; found {found}.")
    {
        Contract = contract;
        Promise = promise;
        Expected = expected;
        Found = found;
    }

    /// <summary>The contract's name; empty when the exception was not made by one.</summary>
    public string Contract { get; } = "";

    /// <summary>The broken promise's name; empty when the exception was not made by a contract.</summary>
    public string Promise { get; } = "";

    /// <summary>What should have been.</summary>
    public string Expected { get; } = "";

    /// <summary>What was.</summary>
    public string Found { get; } = "";
}
