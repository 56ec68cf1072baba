namespace GuestMemory.Tdx;

/// <summary>How a TD's access through a translation that is there fails; the code of the ownership table's fault.</summary>
public enum TdxAccessFault
{
    /// <summary>The page is pending: #VE, or an exit to the host, as the TD's attribute says.</summary>
    Pending = 1,

    /// <summary>The page is write-blocked: an EPT violation to the host.</summary>
    WriteBlocked = 2,

    /// <summary>The memory's integrity broke: a machine check, the TD is fatal.</summary>
    MachineCheck = 3,

    /// <summary>The guest accepts 4 KiB of a larger page it has not accepted: an EPT violation, and the host splits the page.</summary>
    TooLarge = 4,

    /// <summary>The host blocked the page and did not give it back: nothing repairs that.</summary>
    Blocked = 5,
}
