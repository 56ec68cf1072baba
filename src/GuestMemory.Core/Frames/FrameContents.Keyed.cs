namespace GuestMemory;

/// <content>The same bytes through a key: what lies in memory is the cipher, and who has key and place right reads the plain bytes.</content>
public sealed partial class FrameContents
{
    private const int BlocksPerFrame = WordsPerFrame / 2;

    /// <summary>Reads bytes within one frame through a key. Bytes that were not written with it there read as noise, zeroes included.</summary>
    /// <param name="at">First byte.</param>
    /// <param name="length">1 to 8; the bytes stay within the frame.</param>
    /// <param name="key">The key; none reads what lies in memory.</param>
    /// <returns>The bytes as a little-endian number.</returns>
    public ulong Read(Spa at, int length, ContentKey key)
    {
        if (key == ContentKey.None)
        {
            return Read(at, length);
        }

        RequireWithinFrame(at, length);
        var word = at.Value >> 3;
        var shift = (int)(at.Value & 7) * 8;
        var value = PlainWord(word, key) >> shift;
        if (shift + (length * 8) > 64)
        {
            value |= PlainWord(word + 1, key) << (64 - shift);
        }

        return value & Mask(length);
    }

    /// <summary>Writes bytes within one frame through a key. The other bytes of a block of 16 keep what they read as through it.</summary>
    /// <param name="at">First byte.</param>
    /// <param name="length">1 to 8; the bytes stay within the frame.</param>
    /// <param name="value">The bytes as a little-endian number; what is above them is ignored.</param>
    /// <param name="key">The key; none writes plain bytes.</param>
    public void Write(Spa at, int length, ulong value, ContentKey key)
    {
        if (key == ContentKey.None)
        {
            Write(at, length, value);
            return;
        }

        RequireWithinFrame(at, length);
        var word = at.Value >> 3;
        var shift = (int)(at.Value & 7) * 8;
        var mask = Mask(length);
        SetPlainWord(word, (PlainWord(word, key) & ~(mask << shift)) | ((value & mask) << shift), key);
        if (shift + (length * 8) > 64)
        {
            SetPlainWord(word + 1, (PlainWord(word + 1, key) & ~(mask >> (64 - shift))) | ((value & mask) >> (64 - shift)), key);
        }
    }

    /// <summary>Copies a frame's bytes to a frame, from under one key to under another.</summary>
    /// <param name="from">Source.</param>
    /// <param name="fromKey">The key the source is read through; none takes what lies in memory.</param>
    /// <param name="to">Destination; may be the source.</param>
    /// <param name="toKey">The key the destination is written with.</param>
    public void Copy(Pfn from, ContentKey fromKey, Pfn to, ContentKey toKey)
    {
        for (var block = 0UL; block < BlocksPerFrame; block++)
        {
            var (low, high) = PlainBlock((from.Value * BlocksPerFrame) + block, fromKey);
            SetPlainBlock((to.Value * BlocksPerFrame) + block, low, high, toKey);
        }
    }

    private ulong PlainWord(ulong word, ContentKey key)
    {
        var (low, high) = PlainBlock(word / 2, key);
        return (word & 1) == 0 ? low : high;
    }

    private void SetPlainWord(ulong word, ulong value, ContentKey key)
    {
        var (low, high) = PlainBlock(word / 2, key);
        SetPlainBlock(word / 2, (word & 1) == 0 ? value : low, (word & 1) == 0 ? high : value, key);
    }

    private (ulong Low, ulong High) PlainBlock(ulong block, ContentKey key)
    {
        var (low, high) = (Word(block * 2), Word((block * 2) + 1));
        ContentCipher.Decrypt(ref low, ref high, key, block);
        return (low, high);
    }

    private void SetPlainBlock(ulong block, ulong low, ulong high, ContentKey key)
    {
        ContentCipher.Encrypt(ref low, ref high, key, block);
        SetWord(block * 2, low);
        SetWord((block * 2) + 1, high);
    }
}
