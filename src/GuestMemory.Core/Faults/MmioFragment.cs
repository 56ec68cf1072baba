namespace GuestMemory;

/// <summary>One piece of device memory the VMM is to emulate.</summary>
/// <param name="Gpa">First byte.</param>
/// <param name="Length">1 to 8 bytes.</param>
/// <param name="IsWrite">Whether it is written.</param>
/// <param name="Data">What is written, as a little-endian number; 0 for a read.</param>
public readonly record struct MmioFragment(Gpa Gpa, int Length, bool IsWrite, ulong Data)
{
    /// <summary>The fragment in words.</summary>
    public override string ToString() => IsWrite ? $"write {Length} bytes 0x{Data:x} at {Gpa}" : $"read {Length} bytes at {Gpa}";
}
