namespace GuestMemory.Rmp;

/// <summary>What happened on the platform. Numbers are stable.</summary>
public enum SnpOperationKind
{
    /// <summary>RMPUPDATE; the value is the operand's page size: 0 for 4K, 1 for 2M.</summary>
    RmpUpdate = 1,

    /// <summary>PSMASH.</summary>
    Psmash = 2,

    /// <summary>PVALIDATE; the value is bit 0 the wanted state, bit 1 a 2M request, bit 2 the carry flag.</summary>
    Pvalidate = 3,

    /// <summary>RMPADJUST; the value is RDX.</summary>
    RmpAdjust = 4,

    /// <summary>RMPQUERY.</summary>
    RmpQuery = 5,

    /// <summary>RMPREAD.</summary>
    RmpRead = 6,

    /// <summary>A read; the value is what was read.</summary>
    Read = 7,

    /// <summary>A write; the value is what was written.</summary>
    Write = 8,

    /// <summary>VMRUN; the frames are the control block's.</summary>
    Vmrun = 9,

    /// <summary>#VMEXIT.</summary>
    Vmexit = 10,

    /// <summary>A firmware command; the value is its number.</summary>
    Firmware = 11,
}
