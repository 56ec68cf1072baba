using System.Buffers.Binary;

namespace GuestMemory.Rmp;

/// <summary>RMPUPDATE's operands: the page, and the new state it reads from memory. Values are raw: the instruction itself judges them.</summary>
/// <param name="Address">RAX; the low 12 bits are dropped.</param>
/// <param name="Assigned">The page is to be a guest's or the firmware's.</param>
/// <param name="Asid">Whose.</param>
/// <param name="GuestAddress">The guest address; the low 12 bits are dropped.</param>
/// <param name="IsLarge">2M instead of 4K.</param>
/// <param name="Immutable">Only the firmware may change the entry afterwards.</param>
public readonly record struct RmpUpdateOperands(
    Spa Address, bool Assigned, Asid Asid = default, ulong GuestAddress = 0, bool IsLarge = false, bool Immutable = false)
{
    /// <summary>Gives a page to a guest: assigned, not validated.</summary>
    /// <param name="page">The page, 4K or 2M.</param>
    /// <param name="asid">The guest.</param>
    /// <param name="gpa">Its address there.</param>
    /// <param name="immutable">Pre-Guest instead of Guest-Invalid.</param>
    /// <exception cref="ArgumentException">The page is 1G.</exception>
    public static RmpUpdateOperands Assign(PhysicalPage page, Asid asid, Gpa gpa, bool immutable = false) =>
        new(page.Start.Address, true, asid, gpa.Value, IsLargeSize(page.Size), immutable);

    /// <summary>Gives a page to the firmware.</summary>
    /// <param name="page">The page, 4K or 2M.</param>
    /// <exception cref="ArgumentException">The page is 1G.</exception>
    public static RmpUpdateOperands ToFirmware(PhysicalPage page) => new(page.Start.Address, true, IsLarge: IsLargeSize(page.Size), Immutable: true);

    /// <summary>Takes a page back for the hypervisor.</summary>
    /// <param name="page">The page, 4K or 2M.</param>
    /// <exception cref="ArgumentException">The page is 1G.</exception>
    public static RmpUpdateOperands Share(PhysicalPage page) => new(page.Start.Address, false, IsLarge: IsLargeSize(page.Size));

    /// <summary>Reads the instruction's 16-byte operand.</summary>
    /// <param name="address">RAX.</param>
    /// <param name="state">16 bytes: guest address; bit 0 each of assigned, page size, immutable; one reserved byte, not checked; the ASID.</param>
    /// <exception cref="ArgumentException">There are not 16 bytes.</exception>
    public static RmpUpdateOperands Read(Spa address, ReadOnlySpan<byte> state) => state.Length == 16
        ? new(address, (state[8] & 1) != 0, new(BinaryPrimitives.ReadUInt32LittleEndian(state[12..])), BinaryPrimitives.ReadUInt64LittleEndian(state),
            (state[9] & 1) != 0, (state[10] & 1) != 0)
        : throw new ArgumentException($"RMPUPDATE reads 16 bytes, not {state.Length}.", nameof(state));

    internal Pfn Frame => Address.Frame;

    internal PageSize Size => IsLarge ? PageSize.Size2M : PageSize.Size4K;

    internal PfnRange Frames => new(Frame, Size.FrameCount());

    /// <summary>The operands in words.</summary>
    public override string ToString() => Assigned
        ? $"{Address} {Size} to {Asid} at 0x{GuestAddress:x}{(Immutable ? ", immutable" : "")}"
        : $"{Address} {Size} shared";

    private static bool IsLargeSize(PageSize size) => size switch
    {
        PageSize.Size4K => false,
        PageSize.Size2M => true,
        _ => throw new ArgumentException($"The RMP has pages of 4K and 2M, not {size}.", nameof(size)),
    };
}
