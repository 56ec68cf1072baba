namespace GuestMemory.Rmp;

/// <summary>The firmware's commands that touch page state, by number. Source: snp-abi, chapter 8.</summary>
public enum SevCommand : uint
{
    /// <summary>SNP_DF_FLUSH.</summary>
    DfFlush = 0x84,

    /// <summary>SNP_INIT_EX.</summary>
    InitEx = 0x85,

    /// <summary>SNP_SHUTDOWN_EX.</summary>
    ShutdownEx = 0x86,

    /// <summary>SNP_RMP_CREATE, together with the installation of what it built.</summary>
    RmpCreate = 0x87,

    /// <summary>SNP_DECOMMISSION.</summary>
    Decommission = 0x90,

    /// <summary>SNP_ACTIVATE.</summary>
    Activate = 0x91,

    /// <summary>SNP_GCTX_CREATE.</summary>
    GctxCreate = 0x93,

    /// <summary>SNP_GUEST_REQUEST.</summary>
    GuestRequest = 0x94,

    /// <summary>SNP_LAUNCH_START.</summary>
    LaunchStart = 0xa0,

    /// <summary>SNP_LAUNCH_UPDATE.</summary>
    LaunchUpdate = 0xa1,

    /// <summary>SNP_LAUNCH_FINISH.</summary>
    LaunchFinish = 0xa2,

    /// <summary>SNP_DBG_DECRYPT.</summary>
    DebugDecrypt = 0xb0,

    /// <summary>SNP_DBG_ENCRYPT.</summary>
    DebugEncrypt = 0xb1,

    /// <summary>SNP_PAGE_SWAP_OUT.</summary>
    SwapOut = 0xc0,

    /// <summary>SNP_PAGE_SWAP_IN.</summary>
    SwapIn = 0xc1,

    /// <summary>SNP_PAGE_MOVE.</summary>
    PageMove = 0xc2,

    /// <summary>SNP_PAGE_MD_INIT.</summary>
    MetadataInit = 0xc3,

    /// <summary>SNP_PAGE_SET_STATE.</summary>
    PageSetState = 0xc6,

    /// <summary>SNP_PAGE_RECLAIM.</summary>
    PageReclaim = 0xc7,

    /// <summary>SNP_PAGE_UNSMASH.</summary>
    PageUnsmash = 0xc8,
}
