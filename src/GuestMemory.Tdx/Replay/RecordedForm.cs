namespace GuestMemory.Tdx;

/// <summary>How a recorded operation spells its operands, and what its recorder looked at afterwards.</summary>
internal enum RecordedForm : byte
{
    /// <summary>RCX the TD.</summary>
    Td,

    /// <summary>MNG.CREATE: RCX the page that becomes the root page, RDX the key identifier.</summary>
    Create,

    /// <summary>RCX a control page, RDX the TD.</summary>
    AddControlPage,

    /// <summary>MNG.INIT: RCX the TD, and what its parameters say.</summary>
    Initialize,

    /// <summary>VP.CREATE: RCX the page that becomes the vCPU's, RDX the TD.</summary>
    CreateVcpu,

    /// <summary>VP.ADDCX: RCX a control page, RDX the vCPU.</summary>
    AddVcpuPage,

    /// <summary>RCX the vCPU, on a logical processor.</summary>
    Vcpu,

    /// <summary>VP.ENTER: the same.</summary>
    Enter,

    /// <summary>A vCPU leaves.</summary>
    Exit,

    /// <summary>RCX guest address and level, RDX the TD, R8 a page, R9 another.</summary>
    Entry,

    /// <summary>The same, and RCX of a success is a page that was let go.</summary>
    EntryThatFrees,

    /// <summary>A list of one guest address in memory: RCX where it lies, RDX the TD.</summary>
    List,

    /// <summary>RCX a page.</summary>
    Page,

    /// <summary>RCX a page; four registers describe it.</summary>
    PageMetadata,

    /// <summary>CACHE.WB: RCX the command.</summary>
    Command,

    /// <summary>A vCPU accepts.</summary>
    Accept,

    /// <summary>A vCPU reads.</summary>
    GuestRead,

    /// <summary>A vCPU writes.</summary>
    GuestWrite,

    /// <summary>The host fills a page.</summary>
    Fill,

    /// <summary>An interrupt is to come, or is not.</summary>
    Interrupt,

    /// <summary>A TD is put into an op state.</summary>
    OpState,

    /// <summary>Another processor holds the lock of a Secure EPT entry.</summary>
    HoldEntry,

    /// <summary>It lets go.</summary>
    ReleaseEntry,

    /// <summary>Another processor holds a tree lock.</summary>
    HoldTree,

    /// <summary>It lets go.</summary>
    ReleaseTree,

    /// <summary>Another processor holds the lock of a PAMT entry.</summary>
    HoldPamt,

    /// <summary>It lets go.</summary>
    ReleasePamt,

    /// <summary>The recorder looks at a TD, an entry and pages.</summary>
    Look,

    /// <summary>The recorder counts entries.</summary>
    Summary,
}
