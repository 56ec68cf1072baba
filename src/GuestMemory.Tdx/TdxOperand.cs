namespace GuestMemory.Tdx;

/// <summary>What a status complains about: a register, or a part of a TD's control structures. Bits 31:0 of most statuses. Source: tdx-module, operand identifiers.</summary>
public enum TdxOperand : uint
{
    /// <summary>RAX: leaf number and version.</summary>
    Rax = 0,

    /// <summary>RCX.</summary>
    Rcx = 1,

    /// <summary>RDX.</summary>
    Rdx = 2,

    /// <summary>R8.</summary>
    R8 = 8,

    /// <summary>R9.</summary>
    R9 = 9,

    /// <summary>R10.</summary>
    R10 = 10,

    /// <summary>R11.</summary>
    R11 = 11,

    /// <summary>R13.</summary>
    R13 = 13,

    /// <summary>ATTRIBUTES of TD_PARAMS.</summary>
    Attributes = 64,

    /// <summary>EPTP_CONTROLS of TD_PARAMS.</summary>
    EptpControls = 67,

    /// <summary>An entry of a GPA list.</summary>
    GpaListEntry = 97,

    /// <summary>An entry of a list of migration buffers.</summary>
    MigrationBufferListEntry = 98,

    /// <summary>An entry of a list of pages to take.</summary>
    NewPageListEntry = 99,

    /// <summary>The TDR.</summary>
    Tdr = 128,

    /// <summary>The TDCS.</summary>
    Tdcs = 144,

    /// <summary>The Secure EPT's tree lock.</summary>
    SeptTree = 146,

    /// <summary>An entry of the Secure EPT.</summary>
    SeptEntry = 147,

    /// <summary>The TD's epoch lock.</summary>
    TdEpoch = 169,

    /// <summary>The TD's op state lock.</summary>
    OpState = 172,

    /// <summary>The key ownership table.</summary>
    Kot = 186,

    /// <summary>The cache write-back state.</summary>
    Wbcache = 188,
}
