namespace GuestMemory.Rmp;

/// <summary>What EXITINFO2 tells the guest after a page state change: 0, or what went wrong in bits 63:32 with its detail below. Source: ghcb, 4.1.6.</summary>
public static class PscResult
{
    /// <summary>As far as the header says; with entries left, the guest asks again.</summary>
    public const ulong Done = 0;

    /// <summary>The header cannot be.</summary>
    public const ulong BadHeader = (1UL << 32) | 1;

    /// <summary>The current entry cannot be.</summary>
    public const ulong BadEntry = (1UL << 32) | 2;

    /// <summary>A help for debugging: the page already is as asked.</summary>
    public const ulong AlreadyDone = (3UL << 32) | 1;

    /// <summary>A help for debugging: a 4K and a 2M page overlap.</summary>
    public const ulong Overlap = (3UL << 32) | 2;

    /// <summary>Anything else.</summary>
    public const ulong Failed = 0x100UL << 32;

    /// <summary>The firmware refused to join the pages.</summary>
    /// <param name="status">The firmware's status.</param>
    public static ulong UnsmashFailed(uint status) => (2UL << 32) | status;
}
