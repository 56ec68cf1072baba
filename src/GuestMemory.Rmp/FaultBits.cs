namespace GuestMemory.Rmp;

/// <summary>Bits of a page fault's error code and of a nested page fault's EXITINFO1. Sources: apm2, 8.4.2, 15.25.6 and 15.36.10.</summary>
public static class FaultBits
{
    /// <summary>The page was present.</summary>
    public const ulong Present = 1UL << 0;

    /// <summary>The access wrote.</summary>
    public const ulong Write = 1UL << 1;

    /// <summary>The access was a user's; always set in a nested page fault.</summary>
    public const ulong User = 1UL << 2;

    /// <summary>The access fetched an instruction.</summary>
    public const ulong Fetch = 1UL << 4;

    /// <summary>An RMP or VMPL check failed.</summary>
    public const ulong Rmp = 1UL << 31;

    /// <summary>The fault came at the access's own translation.</summary>
    public const ulong FinalTranslation = 1UL << 32;

    /// <summary>The fault came at the guest's page tables.</summary>
    public const ulong PageTableWalk = 1UL << 33;

    /// <summary>The effective C-bit was 1.</summary>
    public const ulong Encrypted = 1UL << 34;

    /// <summary>The size asked for is not the entry's.</summary>
    public const ulong SizeMismatch = 1UL << 35;

    /// <summary>A VMPL check failed.</summary>
    public const ulong Vmpl = 1UL << 36;

    /// <summary>The mask's bit 4, where supervisor shadow stack checks are on.</summary>
    public const ulong SupervisorShadowStack = 1UL << 37;

    /// <summary>The code of a #VC for a page that is not validated.</summary>
    public const ulong NotValidated = 0x404;

    /// <summary>The IOMMU's event for a violated RMP check.</summary>
    public const ulong IommuRmpEvent = 0xd;
}
