namespace GuestMemory.Rmp;

/// <summary>What the firmware does with a SEV guest. Source: sev-api, chapter 4, without its launch.</summary>
public enum LegacyGuestState : byte
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>Its pages leave for another machine.</summary>
    Sending,

    /// <summary>Its pages arrive from another machine.</summary>
    Receiving,
}
