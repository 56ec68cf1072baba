namespace GuestMemory.Tdx;

/// <summary>What a TD's vCPU calls: the module (TDCALL leaf numbers), and its VMM through it.</summary>
public enum TdxGuestFunction : uint
{
    /// <summary>TDG.MEM.PAGE.ACCEPT. Register 0: RCX, guest address and level; afterwards the status is the exit's value.</summary>
    PageAccept = 6,

    /// <summary>TDG.MEM.PAGE.ATTR.RD. Register 0: RCX.</summary>
    PageAttrRd = 23,

    /// <summary>TDG.MEM.PAGE.ATTR.WR. Registers 0 to 2: RCX, RDX, R8.</summary>
    PageAttrWr = 24,

    /// <summary>TDG.VP.VMCALL MapGPA. Register 0: address, with the SHARED bit for shared; 1: bytes. The exit's value is the status (<see cref="VmcallStatus"/>), its address where it stopped.</summary>
    MapGpa = 0x10001,
}
