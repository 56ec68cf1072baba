namespace GuestMemory.Kvm;

/// <summary>One access of a vCPU.</summary>
/// <param name="Gpa">First byte, raw.</param>
/// <param name="Length">1 to 8.</param>
/// <param name="IsWrite">Whether it writes.</param>
/// <param name="Value">What it writes or adds.</param>
/// <param name="Adds">Whether the value is added to what is there.</param>
internal readonly record struct GuestAccess(ulong Gpa, int Length, bool IsWrite, ulong Value, bool Adds = false)
{
    /// <summary>Bytes on the first page.</summary>
    public int FirstLength => (int)Math.Min((ulong)Length, 4096 - (Gpa & 0xfff));
}
