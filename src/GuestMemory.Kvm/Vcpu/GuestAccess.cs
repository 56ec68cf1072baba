namespace GuestMemory.Kvm;

/// <summary>One access of a vCPU.</summary>
/// <param name="Gpa">First byte, raw.</param>
/// <param name="Length">1 to 8.</param>
/// <param name="IsWrite">Whether it writes.</param>
/// <param name="Value">What it writes or adds.</param>
/// <param name="Adds">Whether the value is added to what is there.</param>
/// <param name="AsksPrivate">What the guest's own tables ask for; <see langword="null"/> when they cannot say.</param>
/// <param name="Vcpu">Whose cached translations it uses.</param>
internal readonly record struct GuestAccess(ulong Gpa, int Length, bool IsWrite, ulong Value, bool Adds = false, bool? AsksPrivate = null, int Vcpu = 0)
{
    private const ulong End = 1UL << 52;

    /// <summary>An access a vCPU can make.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not 1 to 8, or a byte lies above every physical address.</exception>
    public static GuestAccess Create(ulong gpa, int length, bool isWrite, ulong value, bool adds = false, bool? asksPrivate = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gpa, End - (ulong)length);
        return new(gpa, length, isWrite, value, adds, asksPrivate);
    }

    /// <summary>Bytes on the first page.</summary>
    public int FirstLength => (int)Math.Min((ulong)Length, 4096 - (Gpa & 0xfff));
}
