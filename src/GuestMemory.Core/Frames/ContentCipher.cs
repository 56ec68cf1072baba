namespace GuestMemory;

/// <summary>Stands for memory encryption: a permutation of 16-byte blocks that depends on key and place. It hides nothing from an attacker; it only makes the wrong key or place read as noise.</summary>
/// <remarks>A Feistel network of four rounds over two 64-bit halves. The same key, place and plain block always give the same cipher block, as with AES in the memory controller.</remarks>
public static class ContentCipher
{
    private const int Rounds = 4;

    /// <summary>Makes a plain block a cipher block.</summary>
    /// <param name="low">First eight bytes, little-endian.</param>
    /// <param name="high">Last eight bytes.</param>
    /// <param name="key">The key; none leaves the block as it is.</param>
    /// <param name="place">What the permutation is tweaked by: a block's address, or a counter.</param>
    public static void Encrypt(ref ulong low, ref ulong high, ContentKey key, ulong place)
    {
        for (var round = 0; key != ContentKey.None && round < Rounds; round++)
        {
            (low, high) = (high, low ^ Mix(high, key, place, round));
        }
    }

    /// <summary>Makes a cipher block plain again.</summary>
    /// <param name="low">First eight bytes, little-endian.</param>
    /// <param name="high">Last eight bytes.</param>
    /// <param name="key">The key it was made with.</param>
    /// <param name="place">The place it was made for.</param>
    public static void Decrypt(ref ulong low, ref ulong high, ContentKey key, ulong place)
    {
        for (var round = Rounds - 1; key != ContentKey.None && round >= 0; round--)
        {
            (low, high) = (high ^ Mix(low, key, place, round), low);
        }
    }

    private static ulong Mix(ulong half, ContentKey key, ulong place, int round)
    {
        unchecked
        {
            var mixed = half ^ (key.Value * 0x9e37_79b9_7f4a_7c15) ^ ((place + (ulong)round) * 0xd6e8_feb8_6659_fd93);
            mixed = (mixed ^ (mixed >> 30)) * 0xbf58_476d_1ce4_e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d0_49bb_1331_11eb;
            return mixed ^ (mixed >> 31);
        }
    }
}
