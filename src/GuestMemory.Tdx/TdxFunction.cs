namespace GuestMemory.Tdx;

/// <summary>The module's functions, by leaf number; a guest's have bit 16 set here. Source: tdx-module, leaf numbers.</summary>
public enum TdxFunction
{
    /// <summary>TDH.VP.ENTER.</summary>
    VpEnter = 0,

    /// <summary>TDH.MNG.ADDCX.</summary>
    MngAddcx = 1,

    /// <summary>TDH.MEM.PAGE.ADD.</summary>
    MemPageAdd = 2,

    /// <summary>TDH.MEM.SEPT.ADD.</summary>
    MemSeptAdd = 3,

    /// <summary>TDH.VP.ADDCX.</summary>
    VpAddcx = 4,

    /// <summary>TDH.MEM.PAGE.RELOCATE.</summary>
    MemPageRelocate = 5,

    /// <summary>TDH.MEM.PAGE.AUG.</summary>
    MemPageAug = 6,

    /// <summary>TDH.MEM.RANGE.BLOCK.</summary>
    MemRangeBlock = 7,

    /// <summary>TDH.MNG.KEY.CONFIG.</summary>
    MngKeyConfig = 8,

    /// <summary>TDH.MNG.CREATE.</summary>
    MngCreate = 9,

    /// <summary>TDH.VP.CREATE.</summary>
    VpCreate = 10,

    /// <summary>TDH.MEM.RD.</summary>
    MemRd = 12,

    /// <summary>TDH.MEM.WR.</summary>
    MemWr = 14,

    /// <summary>TDH.MEM.PAGE.DEMOTE.</summary>
    MemPageDemote = 15,

    /// <summary>TDH.MR.EXTEND.</summary>
    MrExtend = 16,

    /// <summary>TDH.MR.FINALIZE.</summary>
    MrFinalize = 17,

    /// <summary>TDH.VP.FLUSH.</summary>
    VpFlush = 18,

    /// <summary>TDH.MNG.VPFLUSHDONE.</summary>
    MngVpFlushDone = 19,

    /// <summary>TDH.MNG.KEY.FREEID.</summary>
    MngKeyFreeid = 20,

    /// <summary>TDH.MNG.INIT.</summary>
    MngInit = 21,

    /// <summary>TDH.VP.INIT.</summary>
    VpInit = 22,

    /// <summary>TDH.MEM.PAGE.PROMOTE.</summary>
    MemPagePromote = 23,

    /// <summary>TDH.PHYMEM.PAGE.RDMD.</summary>
    PhymemPageRdmd = 24,

    /// <summary>TDH.MEM.SEPT.RD.</summary>
    MemSeptRd = 25,

    /// <summary>TDH.MNG.KEY.RECLAIMID.</summary>
    MngKeyReclaimid = 27,

    /// <summary>TDH.PHYMEM.PAGE.RECLAIM.</summary>
    PhymemPageReclaim = 28,

    /// <summary>TDH.MEM.PAGE.REMOVE.</summary>
    MemPageRemove = 29,

    /// <summary>TDH.MEM.SEPT.REMOVE.</summary>
    MemSeptRemove = 30,

    /// <summary>TDH.SYS.TDMR.INIT.</summary>
    SysTdmrInit = 36,

    /// <summary>TDH.MEM.TRACK.</summary>
    MemTrack = 38,

    /// <summary>TDH.MEM.RANGE.UNBLOCK.</summary>
    MemRangeUnblock = 39,

    /// <summary>TDH.PHYMEM.CACHE.WB.</summary>
    PhymemCacheWb = 40,

    /// <summary>TDH.PHYMEM.PAGE.WBINVD.</summary>
    PhymemPageWbinvd = 41,

    /// <summary>TDH.PHYMEM.PAMT.ADD (modules with Dynamic PAMT).</summary>
    PhymemPamtAdd = 58,

    /// <summary>TDH.PHYMEM.PAMT.REMOVE (modules with Dynamic PAMT).</summary>
    PhymemPamtRemove = 59,

    /// <summary>TDH.EXPORT.ABORT.</summary>
    ExportAbort = 64,

    /// <summary>TDH.EXPORT.BLOCKW.</summary>
    ExportBlockw = 65,

    /// <summary>TDH.EXPORT.RESTORE.</summary>
    ExportRestore = 66,

    /// <summary>TDH.EXPORT.MEM.</summary>
    ExportMem = 68,

    /// <summary>TDH.EXPORT.PAUSE.</summary>
    ExportPause = 70,

    /// <summary>TDH.EXPORT.TRACK.</summary>
    ExportTrack = 71,

    /// <summary>TDH.EXPORT.STATE.IMMUTABLE.</summary>
    ExportStateImmutable = 72,

    /// <summary>TDH.EXPORT.UNBLOCKW.</summary>
    ExportUnblockw = 75,

    /// <summary>TDH.IMPORT.ABORT.</summary>
    ImportAbort = 80,

    /// <summary>TDH.IMPORT.END.</summary>
    ImportEnd = 81,

    /// <summary>TDH.IMPORT.COMMIT.</summary>
    ImportCommit = 82,

    /// <summary>TDH.IMPORT.MEM.</summary>
    ImportMem = 83,

    /// <summary>TDH.IMPORT.TRACK.</summary>
    ImportTrack = 84,

    /// <summary>TDH.IMPORT.STATE.IMMUTABLE.</summary>
    ImportStateImmutable = 85,

    /// <summary>TDG.MEM.PAGE.ACCEPT: TDCALL 6.</summary>
    GuestPageAccept = 0x10006,

    /// <summary>TDG.MEM.PAGE.ATTR.RD: TDCALL 23.</summary>
    GuestPageAttrRd = 0x10017,

    /// <summary>TDG.MEM.PAGE.ATTR.WR: TDCALL 24.</summary>
    GuestPageAttrWr = 0x10018,
}
