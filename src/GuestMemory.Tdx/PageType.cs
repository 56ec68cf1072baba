namespace GuestMemory.Tdx;

/// <summary>What the module uses a page for: the PT field of a PAMT entry. Source: tdx-module, PAMT entry.</summary>
public enum PageType : byte
{
    /// <summary>PT_NDA: not directly assigned, the page is not the module's.</summary>
    Nda = 0,

    /// <summary>PT_RSVD: within a reserved area of its TDMR.</summary>
    Rsvd = 1,

    /// <summary>PT_REG: a TD's private page; the only type there is in 2M and 1G.</summary>
    Reg = 3,

    /// <summary>PT_TDR: a TD's root page.</summary>
    Tdr = 4,

    /// <summary>PT_TDCX: a control page of a TD or of a vCPU.</summary>
    Tdcx = 5,

    /// <summary>PT_TDVPR: a vCPU's root page.</summary>
    Tdvpr = 6,

    /// <summary>PT_EPT: a page of a Secure EPT.</summary>
    Ept = 8,

    /// <summary>PT_PAMT: a 2M range that has its page pair (modules with Dynamic PAMT).</summary>
    Pamt = 15,
}
