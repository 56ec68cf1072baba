namespace GuestMemory.Tdx;

/// <summary>What a private key identifier is used for. Source: tdx-module, key ownership table.</summary>
public enum HkidState : byte
{
    /// <summary>Nobody's.</summary>
    Free,

    /// <summary>A TD's.</summary>
    Assigned,

    /// <summary>A TD's that is ending; caches may still hold its lines.</summary>
    Flushed,

    /// <summary>The module's own.</summary>
    Reserved,
}
