namespace GuestMemory.Tdx;

/// <summary>What a TDG.VP.VMCALL answers in R10. Source: the Guest-Host-Communication Interface (ghci), status codes.</summary>
public enum VmcallStatus : ulong
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>Not finished; the guest calls again from where it stopped.</summary>
    Retry = 1,

    /// <summary>An operand is wrong, or the VMM refused.</summary>
    InvalidOperand = 0x8000_0000_0000_0000,

    /// <summary>An operand is not aligned.</summary>
    AlignError = 0x8000_0000_0000_0002,

    /// <summary>The VMM does not take such calls.</summary>
    Unsupported = 0x8000_0000_0000_0003,
}
