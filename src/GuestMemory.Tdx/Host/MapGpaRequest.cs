namespace GuestMemory.Tdx;

/// <summary>A guest's request to convert a range (TDG.VP.VMCALL MapGPA), which the VMM is asked about 2M at a time. Source: linux-kvm-tdx, MapGPA.</summary>
/// <param name="Next">First byte not asked about yet, without the SHARED bit.</param>
/// <param name="End">First byte behind the range.</param>
/// <param name="IsPrivate">Whether it shall be private.</param>
/// <param name="Shared">The SHARED bit, if the guest's address had it; what it is told has it again.</param>
public readonly record struct MapGpaRequest(ulong Next, ulong End, bool IsPrivate, ulong Shared)
{
    /// <summary>Most bytes of one question to the VMM.</summary>
    public const ulong Chunk = 0x20_0000;

    /// <summary>The bytes of the next question.</summary>
    public ulong NextLength => Math.Min(End - Next, Chunk);

    /// <summary>"[0x1000, 0x2000) to private".</summary>
    public override string ToString() => FormattableString.Invariant($"[0x{Next:x}, 0x{End:x}) to {(IsPrivate ? "private" : "shared")}");

    internal static MapGpaRequest Read(ref StateReader reader)
    {
        var next = reader.UInt64();
        var end = reader.UInt64();
        var isPrivate = reader.Flag();
        return new(next, end, isPrivate, reader.UInt64());
    }

    internal void WriteState(ref StateWriter writer)
    {
        writer.UInt64(Next);
        writer.UInt64(End);
        writer.Flag(IsPrivate);
        writer.UInt64(Shared);
    }
}
