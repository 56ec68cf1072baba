namespace GuestMemory.Rmp;

/// <summary>What a swapped page is. Source: snp-abi, 8.22; the numbers are this model's.</summary>
public enum SwapPageType : byte
{
    /// <summary>A page of the guest's.</summary>
    Data,

    /// <summary>A metadata page.</summary>
    Metadata,

    /// <summary>A vCPU's save area.</summary>
    Vmsa,
}
