namespace GuestMemory.Tdx;

/// <summary>One entry of a list of the host's pages: migration buffers, or pages an import may take. The default is the page at address 0.</summary>
/// <param name="Raw">The 64 bits: 51:12 address, 63 invalid.</param>
/// <remarks>Source: tdx-module, migration.h.</remarks>
public readonly record struct PageListEntry(ulong Raw)
{
    private const ulong InvalidBit = 1UL << 63;

    /// <summary>Bit 63: there is no page.</summary>
    public bool IsInvalid => (Raw & InvalidBit) != 0;

    /// <summary>Bits 51:12 as an address.</summary>
    public Spa Page => new(Raw & 0x000f_ffff_ffff_f000);

    /// <summary>The same entry, marked as none.</summary>
    public PageListEntry Invalid => new(Raw | InvalidBit);

    /// <summary>"spa 0x1000".</summary>
    public override string ToString() => IsInvalid ? "no page" : Page.ToString();
}
