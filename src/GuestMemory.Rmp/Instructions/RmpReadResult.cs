using System.Buffers.Binary;

namespace GuestMemory.Rmp;

/// <summary>What RMPREAD shows of an entry. Neither Validated, VMSA nor the masks are among it.</summary>
/// <param name="Status">EAX.</param>
/// <param name="Gpa">The guest address.</param>
/// <param name="Assigned">Whether the page is assigned.</param>
/// <param name="Size">The entry's own size field.</param>
/// <param name="IsRegionAssigned">The page is 2M aligned, and another page of its 2M is assigned.</param>
/// <param name="Immutable">Whether only the firmware may change it.</param>
/// <param name="Asid">The owner.</param>
/// <param name="Fault">The fault, if any.</param>
/// <param name="DecidedBy">The rule that refused; <see langword="null"/> when none did.</param>
public readonly record struct RmpReadResult(
    RmpStatus Status, Gpa Gpa = default, bool Assigned = false, PageSize Size = default, bool IsRegionAssigned = false,
    bool Immutable = false, Asid Asid = default, RmpFault Fault = default, Rule? DecidedBy = null)
{
    /// <summary>Writes the instruction's 16-byte buffer.</summary>
    /// <param name="buffer">16 bytes.</param>
    public void CopyTo(Span<byte> buffer)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, Gpa.Value);
        buffer[8] = Assigned ? (byte)1 : (byte)0;
        buffer[9] = (byte)((Size == PageSize.Size2M ? 1 : 0) | (IsRegionAssigned ? 2 : 0));
        buffer[10] = Immutable ? (byte)1 : (byte)0;
        buffer[11] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[12..], Asid.Value);
    }

    /// <summary>Status and entry, or the fault.</summary>
    public override string ToString() => Fault.IsFault ? Fault.ToString() : $"{Status}: {(Assigned ? "assigned" : "not assigned")} {Size} {Asid} at {Gpa}";
}
