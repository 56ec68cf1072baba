namespace GuestMemory.Tdx;

/// <summary>What an invariant speaks of.</summary>
public enum TdxInvariantKind : byte
{
    /// <summary>One state: it can be looked for at any time.</summary>
    State,

    /// <summary>What an operation did: it is judged from the state before, the operation and the state after.</summary>
    Step,
}
