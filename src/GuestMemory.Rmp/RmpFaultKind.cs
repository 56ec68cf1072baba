namespace GuestMemory.Rmp;

/// <summary>How an access or an instruction that is not let through shows.</summary>
public enum RmpFaultKind
{
    /// <summary>It does not fault.</summary>
    None,

    /// <summary>#UD.</summary>
    UndefinedOpcode,

    /// <summary>#GP(0).</summary>
    GeneralProtection,

    /// <summary>#PF, in the host or in the guest itself.</summary>
    PageFault,

    /// <summary>#NPF: the guest leaves to the hypervisor.</summary>
    NestedPageFault,

    /// <summary>#VC: the guest handles it itself.</summary>
    VmmCommunication,

    /// <summary>VMRUN ends with VMEXIT_INVALID.</summary>
    InvalidVmexit,

    /// <summary>The IOMMU logs an event and drops the access.</summary>
    IommuEvent,
}
