namespace GuestMemory;

/// <summary>Which kinds of translation an invalidation means.</summary>
[Flags]
public enum KindFilter : byte
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>Shared translations.</summary>
    Shared = 1,

    /// <summary>Private translations.</summary>
    Private = 2,

    /// <summary>Both.</summary>
    Both = Shared | Private,
}
