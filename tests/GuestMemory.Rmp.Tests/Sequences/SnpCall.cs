namespace GuestMemory.Rmp.Tests.Sequences;

/// <summary>What a step of a random sequence does.</summary>
internal enum SnpCall
{
    // The host, as it pleases.
    RmpUpdate,
    Psmash,
    RmpRead,
    Map,
    Unmap,
    HostWrite,
    HostRead,
    DeviceWrite,
    Vmrun,
    Vmexit,
    BeginChange,
    EndChange,

    // The host, helpful: a page is given and mapped, or taken back, split if need be.
    Give,
    Take,

    // The host, through the firmware.
    Freeze,
    LaunchUpdate,
    LaunchFinish,
    Reclaim,
    ReclaimFirmware,
    Move,
    SwapOut,
    SwapIn,
    Unsmash,
    SetFixed,
    MetadataInit,
    GctxCreate,
    LaunchStart,
    Activate,
    Decommission,
    Flush,

    // A guest.
    Validate,
    Invalidate,
    RmpAdjust,
    RmpQuery,
    Write,
    Read,
    Fetch,
    SharedWrite,
    SharedRead,
}
