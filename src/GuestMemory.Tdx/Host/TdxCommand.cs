namespace GuestMemory.Tdx;

/// <summary>KVM's commands for a TD (KVM_MEMORY_ENCRYPT_OP). Source: linux-tdx-docs, KVM's TDX commands.</summary>
/// <remarks>Argument blocks are this model's own form, 32 bytes: the fields of KVM's structures, and the command's flags at byte 24.</remarks>
public enum TdxCommand : uint
{
    /// <summary>KVM_TDX_INIT_VM: makes the TD. Attributes at 0 (bit 0 DEBUG, bit 28 SEPT_VE_DISABLE), guest address bits at 8 (48 or 52).</summary>
    InitVm = 1,

    /// <summary>KVM_TDX_INIT_VCPU: makes a vCPU's state. No argument but the flags, 0.</summary>
    InitVcpu = 2,

    /// <summary>KVM_TDX_INIT_MEM_REGION: adds measured pages. Source address at 0, guest address at 8, pages at 16, advanced as pages are done; flag 1 measures contents.</summary>
    InitMemRegion = 3,

    /// <summary>KVM_TDX_FINALIZE_VM: the TD can run. No argument.</summary>
    FinalizeVm = 4,

    /// <summary>KVM_TDX_TERMINATE_VM: the TD is dead and its memory can be reclaimed at once. No argument.</summary>
    TerminateVm = 6,
}
