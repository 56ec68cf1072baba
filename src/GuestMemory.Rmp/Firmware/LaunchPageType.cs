namespace GuestMemory.Rmp;

/// <summary>What a page of the launch is. Source: snp-abi, 8.17.</summary>
public enum LaunchPageType : byte
{
    /// <summary>Bytes of the host's, measured.</summary>
    Normal = 1,

    /// <summary>A vCPU's save area, measured.</summary>
    Vmsa = 2,

    /// <summary>Zeroes; only place and rights are measured.</summary>
    Zero = 3,

    /// <summary>Bytes of the host's of which only place and rights are measured.</summary>
    Unmeasured = 4,

    /// <summary>The firmware's secrets for the guest.</summary>
    Secrets = 5,

    /// <summary>Answers of CPUID, checked by the firmware.</summary>
    Cpuid = 6,
}
