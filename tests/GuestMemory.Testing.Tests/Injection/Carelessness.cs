namespace GuestMemory.Testing.Tests.Injection;

/// <summary>What a till does wrong when a coin fails.</summary>
public enum Carelessness
{
    /// <summary>Nothing: all coins taken before go back.</summary>
    None,

    /// <summary>It keeps the coins taken before.</summary>
    Keeps,

    /// <summary>It says that all is done.</summary>
    SaysNothing,

    /// <summary>It never takes coins again.</summary>
    Stuck,

    /// <summary>It loses a coin.</summary>
    Loses,

    /// <summary>It breaks an invariant.</summary>
    Breaks,
}
