namespace GuestMemory.Tdx;

/// <summary>Everything the checks of a MapGPA read.</summary>
/// <param name="Gpa">First byte, SHARED bit included.</param>
/// <param name="Size">Bytes.</param>
/// <param name="IsWide">Whether the TD's guest addresses have 52 bits; otherwise 48.</param>
public readonly record struct MapGpaCall(ulong Gpa, ulong Size, bool IsWide)
{
    /// <summary>"0x1000 bytes at 0x2000".</summary>
    public override string ToString() => FormattableString.Invariant($"0x{Size:x} bytes at 0x{Gpa:x}");
}
