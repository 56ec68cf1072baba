namespace GuestMemory.Rmp;

/// <summary>What a firmware command answers. Sources: sev-api, table 14; snp-abi, table 14.</summary>
public enum SevStatus : uint
{
    /// <summary>Done.</summary>
    Success = 0x00,

    /// <summary>The platform is not in the state the command needs.</summary>
    InvalidPlatformState = 0x01,

    /// <summary>The guest is not in the state the command needs.</summary>
    InvalidGuestState = 0x02,

    /// <summary>The platform's configuration does not allow it; ACTIVATE: pages still carry the ASID.</summary>
    InvalidConfig = 0x03,

    /// <summary>A buffer is too short.</summary>
    InvalidLength = 0x04,

    /// <summary>The guest's policy does not allow it.</summary>
    PolicyFailure = 0x07,

    /// <summary>The guest has no ASID.</summary>
    Inactive = 0x08,

    /// <summary>An address cannot be.</summary>
    InvalidAddress = 0x09,

    /// <summary>A signature does not hold.</summary>
    BadSignature = 0x0a,

    /// <summary>A measurement or tag does not hold.</summary>
    BadMeasurement = 0x0b,

    /// <summary>Another guest has the ASID.</summary>
    AsidOwned = 0x0c,

    /// <summary>No guest of this kind can have the ASID.</summary>
    InvalidAsid = 0x0d,

    /// <summary>A processor has not written its caches back.</summary>
    WbinvdRequired = 0x0e,

    /// <summary>The data fabric is to be flushed first.</summary>
    DfFlushRequired = 0x0f,

    /// <summary>The address names no guest.</summary>
    InvalidGuest = 0x10,

    /// <summary>There is no such command.</summary>
    InvalidCommand = 0x11,

    /// <summary>The guest has an ASID already.</summary>
    Active = 0x12,

    /// <summary>The hardware failed; pages handed to the command are safe to use again.</summary>
    HardwarePlatform = 0x13,

    /// <summary>This firmware does not do it.</summary>
    Unsupported = 0x15,

    /// <summary>A parameter cannot be.</summary>
    InvalidParam = 0x16,

    /// <summary>The firmware has no room left.</summary>
    ResourceLimit = 0x17,

    /// <summary>Stored data do not hold.</summary>
    SecureDataInvalid = 0x18,

    /// <summary>The entry has another page size.</summary>
    InvalidPageSize = 0x19,

    /// <summary>The page is in another state.</summary>
    InvalidPageState = 0x1a,

    /// <summary>The metadata entry is used up or of another kind.</summary>
    InvalidMetadataEntry = 0x1b,

    /// <summary>The page is another guest's.</summary>
    InvalidPageOwner = 0x1c,

    /// <summary>The counter of initialisation vectors is used up.</summary>
    AeadOverflow = 0x1d,

    /// <summary>The table must be built first.</summary>
    RmpInitRequired = 0x20,

    /// <summary>A live update of the firmware failed.</summary>
    UpdateFailed = 0x24,

    /// <summary>Building the table failed.</summary>
    RmpInitFailed = 0x26,

    /// <summary>A key does not hold.</summary>
    InvalidKey = 0x27,

    /// <summary>A shutdown did not end.</summary>
    ShutdownIncomplete = 0x28,
}
