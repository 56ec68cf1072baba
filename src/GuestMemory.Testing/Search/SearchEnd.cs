namespace GuestMemory.Testing;

/// <summary>Why a search ended.</summary>
public enum SearchEnd
{
    /// <summary>Every reachable state was visited.</summary>
    Exhausted,

    /// <summary>Something was found broken.</summary>
    Found,

    /// <summary>Every state within the bound on depth was visited; there may be more beyond.</summary>
    Depth,

    /// <summary>The bound on states was reached.</summary>
    States,

    /// <summary>The bound on memory was reached.</summary>
    Bytes,

    /// <summary>The bound on time was reached.</summary>
    Time,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}
