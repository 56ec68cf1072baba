namespace GuestMemory;

/// <summary>Of which states a property speaks.</summary>
public enum PropertyKind : byte
{
    /// <summary>Every state: one in which it does not hold breaks it.</summary>
    Always,

    /// <summary>No state: one in which it holds breaks it.</summary>
    Never,

    /// <summary>At least one state: one in which it holds shows it. A search that ends without one has not shown it.</summary>
    Sometimes,
}
