namespace GuestMemory.Tdx;

/// <summary>How an entry's bits spell its state. Source: tdx-module, Secure EPT entry state encoding.</summary>
internal static class SeptEncoding
{
    /// <summary>D, exported, write-blocked, blocked, pending, IPAT, PS.</summary>
    public const ulong StateBits = (1UL << 9) | (0xfUL << 53) | (3UL << 6);

    // D + 2 exported + 4 write-blocked + 8 blocked + 16 pending + 32 IPAT + 64 PS, in the order of the states.
    private static readonly byte[] s_codes = [0x0e, 0x0c, 0x00, 0x08, 0x60, 0x68, 0x64, 0x66, 0x63, 0x67, 0x70, 0x78, 0x74, 0x76, 0x73, 0x77];

    /// <summary>The seven bits an entry spells its state with.</summary>
    public static int CodeOf(ulong raw) => (int)(((raw >> 9) & 1) | (((raw >> 53) & 0xf) << 1) | (((raw >> 6) & 3) << 5));

    /// <summary>Those bits in their places.</summary>
    public static ulong BitsOf(SeptEntryState state)
    {
        var code = (ulong)s_codes[(int)state];
        return ((code & 1) << 9) | (((code >> 1) & 0xf) << 53) | ((code >> 5) << 6);
    }
}
