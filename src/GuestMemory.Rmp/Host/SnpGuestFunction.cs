namespace GuestMemory.Rmp;

/// <summary>What a vCPU of an SNP guest can do beyond plain accesses: the function numbers of <see cref="IGuestProcessor.Call"/>, this library's own.</summary>
/// <remarks>Guest-virtual addresses are guest-physical ones here: the guest maps itself one to one, private.</remarks>
public enum SnpGuestFunction : uint
{
    /// <summary>PVALIDATE: registers RAX address, RCX size, RDX wanted state; answers EAX in the first, the carry flag in the second.</summary>
    Pvalidate = 1,

    /// <summary>RMPADJUST: registers RAX address, RCX size, RDX attributes; answers EAX in the first.</summary>
    RmpAdjust = 2,

    /// <summary>RMPQUERY: registers RAX address, RCX, RDX target level; answers EAX in the first, the size in the second, mask (15:8) and VMSA (16) in the third.</summary>
    RmpQuery = 3,

    /// <summary>VMGEXIT with a page state change: registers the buffer's guest address and its length in bytes; answers EXITINFO2 in the first.</summary>
    PageStateChange = 4,
}
