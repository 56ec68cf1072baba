namespace GuestMemory;

/// <summary>Who holds a long-term pin.</summary>
public enum PinOwner : byte
{
    /// <summary>A device assigned through VFIO.</summary>
    Vfio,

    /// <summary>The kernel, by get_user_pages.</summary>
    Gup,

    /// <summary>A hypervisor that pins guest memory for the guest's life (Gunyah, ACRN, Nitro).</summary>
    Hypervisor,
}
