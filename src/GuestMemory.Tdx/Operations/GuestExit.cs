namespace GuestMemory.Tdx;

/// <summary>Why a vCPU left with an EPT violation: the type in bits 3:0 of the extended exit qualification. Source: tdx-module, vmx_eeq_type.</summary>
public enum GuestExit : byte
{
    /// <summary>No more is said.</summary>
    Plain = 0,

    /// <summary>An ACCEPT found nothing to accept.</summary>
    Accept = 1,

    /// <summary>An ATTR.WR found nothing to change.</summary>
    AttributeWrite = 5,

    /// <summary>A page that was not accepted was touched.</summary>
    Pending = 6,
}
