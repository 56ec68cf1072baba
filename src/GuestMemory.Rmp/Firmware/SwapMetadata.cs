namespace GuestMemory.Rmp;

/// <summary>The record of a swapped page: what must be true of the bytes for the page to come back, and what it comes back as. 64 bytes in a metadata page. Source: snp-abi, 2.1 table 2.</summary>
/// <param name="SoftwareData">The hypervisor's own.</param>
/// <param name="Vector">The initialisation vector the page was wrapped with.</param>
/// <param name="Tag">The tag over its bytes; stands for the 16-byte tag of AES-GCM.</param>
/// <param name="Flags">Bit 0 valid, 1 page validated, 2 VMSA, 3 metadata, 4 2M; 63:12 the guest address.</param>
/// <param name="Permissions">The four levels' masks, VMPL 0 in the lowest byte.</param>
public readonly record struct SwapMetadata(ulong SoftwareData, ulong Vector, UInt128 Tag, ulong Flags, uint Permissions)
{
    /// <summary>How long an entry is.</summary>
    public const int Bytes = 64;

    private const ulong ValidFlag = 1;
    private const ulong ValidatedFlag = 2;
    private const ulong VmsaFlag = 4;
    private const ulong MetadataFlag = 8;
    private const ulong LargeFlag = 16;

    /// <summary>Whether the page can still come back through this entry.</summary>
    public bool IsValid => (Flags & ValidFlag) != 0;

    /// <summary>Whether the guest had accepted the page.</summary>
    public bool IsValidated => (Flags & ValidatedFlag) != 0;

    /// <summary>What the page is.</summary>
    public SwapPageType Type => (Flags & MetadataFlag) != 0 ? SwapPageType.Metadata : (Flags & VmsaFlag) != 0 ? SwapPageType.Vmsa : SwapPageType.Data;

    /// <summary>Whether it is 2M.</summary>
    public bool IsLarge => (Flags & LargeFlag) != 0;

    /// <summary>Its guest address; all ones for a metadata page.</summary>
    public Gpa Gpa => new(Flags & ~0xfffUL);

    /// <summary>Reads an entry from memory.</summary>
    /// <param name="contents">The memory.</param>
    /// <param name="at">The entry's first byte; its 64 bytes stay within the page.</param>
    public static SwapMetadata Read(FrameContents contents, Spa at)
    {
        ArgumentNullException.ThrowIfNull(contents);
        return new(
            contents.Read(at, 8), contents.Read(at + 8, 8), new(contents.Read(at + 0x18, 8), contents.Read(at + 0x10, 8)),
            contents.Read(at + 0x20, 8), unchecked((uint)contents.Read(at + 0x28, 4)));
    }

    /// <summary>Flags, guest address and vector.</summary>
    public override string ToString() => $"{(IsValid ? "valid" : "used up")} {Type}{(IsLarge ? " 2M" : "")} at {Gpa}, vector {Vector}";

    internal static SwapMetadata Of(in RmpEntry entry, bool isMetadata, bool isLarge, ulong softwareData, ulong vector, UInt128 tag)
    {
        var flags = ValidFlag | (isLarge ? LargeFlag : 0);
        return isMetadata
            ? new(softwareData, vector, tag, flags | MetadataFlag | ~0xfffUL, 0)
            : new(softwareData, vector, tag, flags | (entry.Validated ? ValidatedFlag : 0) | (entry.Vmsa ? VmsaFlag : 0) | entry.Gpa.Value, entry.Permissions);
    }

    internal SwapMetadata UsedUp() => this with { Flags = Flags & ~ValidFlag };

    internal void Write(FrameContents contents, Spa at)
    {
        contents.Write(at, 8, SoftwareData);
        contents.Write(at + 8, 8, Vector);
        contents.Write(at + 0x10, 8, unchecked((ulong)Tag));
        contents.Write(at + 0x18, 8, (ulong)(Tag >> 64));
        contents.Write(at + 0x20, 8, Flags);
        contents.Write(at + 0x28, 8, Permissions);
        contents.Zero(at + 0x30, Bytes - 0x30);
    }

    internal void Write(ref StateWriter writer)
    {
        writer.UInt64(SoftwareData);
        writer.UInt64(Vector);
        writer.UInt64((ulong)(Tag >> 64));
        writer.UInt64(unchecked((ulong)Tag));
        writer.UInt64(Flags);
        writer.UInt64(Permissions);
    }

    internal static SwapMetadata Read(ref StateReader reader)
    {
        var (softwareData, vector) = (reader.UInt64(), reader.UInt64());
        var tag = new UInt128(reader.UInt64(), reader.UInt64());
        return new(softwareData, vector, tag, reader.UInt64(), checked((uint)reader.UInt64()));
    }
}
