namespace GuestMemory.Rmp;

/// <summary>Whether a guest's policy allows debugging. Source: snp-abi, 4.3.</summary>
internal static class DebugPolicy
{
    private const ulong DebugBit = 1UL << 19;

    public static bool IsDebugged(in SnpGuestContext guest) => (guest.Policy & DebugBit) != 0;
}
