namespace GuestMemory.Rmp;

/// <summary>The firmware's own state. Source: snp-abi, 5.1.</summary>
public enum SnpPlatformState : byte
{
    /// <summary>Before SNP_INIT_EX, and after SNP_SHUTDOWN_EX.</summary>
    Uninit,

    /// <summary>Ready for guests.</summary>
    Init,
}
