namespace GuestMemory.Tdx;

/// <summary>What a refusal leaves in RCX and RDX.</summary>
public enum AnswerRegisters : byte
{
    /// <summary>Zeroes.</summary>
    Zero,

    /// <summary>The entry the walk ended at, its level and state.</summary>
    Entry,

    /// <summary>The same, without an accept counter.</summary>
    CleanEntry,

    /// <summary>What the caller put there.</summary>
    Kept,

    /// <summary>A page's type, owner and size, in RCX, RDX and R8.</summary>
    Metadata,
}
