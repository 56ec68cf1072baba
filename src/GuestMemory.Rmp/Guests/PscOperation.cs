namespace GuestMemory.Rmp;

/// <summary>What an entry of a page state change asks for. Source: ghcb, 4.1.6.</summary>
public enum PscOperation : byte
{
    /// <summary>Pages become private.</summary>
    Private = 1,

    /// <summary>Pages become shared.</summary>
    Shared = 2,

    /// <summary>A hint: the 2M page may be smashed.</summary>
    PsmashHint = 3,

    /// <summary>A hint: the 4K pages may become one of 2M.</summary>
    UnsmashHint = 4,
}
