namespace GuestMemory.Kvm;

/// <summary>The addresses a process can use on x86-64 with four page table levels: below 2^47 - 4096.</summary>
internal static class UserAddresses
{
    /// <summary>First address that no process can use.</summary>
    public const ulong End = (1UL << 47) - 4096;

    /// <summary>Whether a range lies within; its end may be the end itself.</summary>
    public static bool Contains(ulong start, ulong length)
    {
        var end = unchecked(start + length);
        return end >= start && end <= End;
    }
}
