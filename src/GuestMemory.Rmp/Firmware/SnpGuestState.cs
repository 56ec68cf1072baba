namespace GuestMemory.Rmp;

/// <summary>How far a guest is. Source: snp-abi, 4.1.</summary>
public enum SnpGuestState : byte
{
    /// <summary>It has a context and keys, nothing else.</summary>
    Init,

    /// <summary>Its launch is being measured.</summary>
    Launch,

    /// <summary>It was measured and runs.</summary>
    Running,
}
