namespace GuestMemory.Rmp;

/// <summary>Everything the checks of SEV firmware commands read.</summary>
public readonly ref struct LegacyCall
{
    private readonly LegacyGuest? _guest;

    internal LegacyCall(LegacyGuest? guest, LegacyGuestState wanted = default)
    {
        _guest = guest;
        WantedState = wanted;
    }

    /// <summary>Whether the handle names a guest.</summary>
    public bool HasGuest => _guest is not null;

    /// <summary>Whether the guest has an ASID.</summary>
    public bool IsActive => _guest?.Asid.IsGuest == true;

    /// <summary>What the guest is at.</summary>
    public LegacyGuestState State => _guest?.State ?? default;

    /// <summary>What it has to be at.</summary>
    public LegacyGuestState WantedState { get; }

    /// <summary>The ASID asked for.</summary>
    public Asid Asid { get; init; }

    /// <summary>The largest ASID.</summary>
    public uint LargestAsid { get; init; }

    /// <summary>Whether another guest has it.</summary>
    public bool IsAsidOwned { get; init; }

    /// <summary>Whether a guest had it since the last DF_FLUSH.</summary>
    public bool IsAsidUnclean { get; init; }

    /// <summary>Whether WBINVD is owed.</summary>
    public bool IsWbinvdOwed { get; init; }

    /// <summary>Whether a wrapped page's bytes do not match its tag.</summary>
    public bool IsTagWrong { get; init; }
}
