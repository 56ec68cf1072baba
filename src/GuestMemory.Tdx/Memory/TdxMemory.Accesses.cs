namespace GuestMemory.Tdx;

/// <content>Loads and stores under a key; none is the host's.</content>
public sealed partial class TdxMemory
{
    private const int WordBytes = 8;

    /// <summary>Reads bytes within a frame. What is broken was found by <see cref="IsBroken(Spa, int, ContentKey)"/>, or reads as it can.</summary>
    internal ulong Read(Spa at, int length, ContentKey key)
    {
        if (!HasLines)
        {
            return Contents.Read(at, length);
        }

        var (value, done) = (0UL, 0);
        while (done < length)
        {
            var piece = Math.Min(length - done, WordBytes - (int)(at.Value % WordBytes));
            var word = Word(at.Value / WordBytes, TagOf(LineOf(at)), key) >> (int)(at.Value % WordBytes * 8);
            value |= (piece == WordBytes ? word : word & ((1UL << (piece * 8)) - 1)) << (done * 8);
            (at, done) = (at + (ulong)piece, done + piece);
        }

        return value;
    }

    /// <summary>Writes bytes within a frame: less than a line, so that the rest of it is read first.</summary>
    internal void Write(Spa at, int length, ulong value, ContentKey key)
    {
        while (length > 0)
        {
            var piece = Math.Min(length, LineBytes - (int)(at.Value % LineBytes));
            if (!HasLines || TakeLine(LineOf(at), key))
            {
                Contents.Write(at, piece, value);
            }

            value = piece == WordBytes ? 0 : value >> (piece * 8);
            (at, length) = (at + (ulong)piece, length - piece);
        }
    }

    /// <summary>Writes a frame of one word as the host does, line by line. A broken line stays broken: only direct stores heal it.</summary>
    internal void Fill(Pfn frame, ulong word)
    {
        Span<ulong> words = stackalloc ulong[WordsPerFrame];
        words.Fill(word);
        Contents.WriteWords(frame, words);
        Drop(frame);
        var (first, end) = (LineOf(frame.Address), LineOf(frame.Address) + LinesPerFrame);
        for (var line = first; _lines.ContainsAny(line, end); line++)
        {
            if (TagOf(line).IsBroken)
            {
                continue;
            }

            Tag(line, line + 1, default);
        }
    }

    // Whether bytes can be put into a line; it is the writer's then.
    private bool TakeLine(ulong line, ContentKey key)
    {
        var tag = TagOf(line);
        if (tag.IsBroken || tag == LineTag.Of(key))
        {
            return !tag.IsBroken;
        }

        if (key == ContentKey.None && _switches.PartialHostWriteBreaks)
        {
            Break(line);
            return false;
        }

        Span<ulong> words = stackalloc ulong[WordsPerLine];
        ReadLine(line, tag, key, words);
        Store(line, words);
        Tag(line, line + 1, LineTag.Of(key));
        return true;
    }

    private void Store(ulong line, ReadOnlySpan<ulong> words)
    {
        for (var word = 0; word < WordsPerLine; word++)
        {
            Contents.Write(new((line * LineBytes) + (ulong)(word * WordBytes)), WordBytes, words[word]);
        }
    }

    // What a whole frame reads as, and which of its lines are broken, one bit each.
    private ulong ReadFrame(Pfn frame, ContentKey key, Span<ulong> words)
    {
        var broken = 0UL;
        var first = LineOf(frame.Address);
        for (var line = 0; line < LinesPerFrame; line++)
        {
            var tag = TagOf(first + (ulong)line);
            broken |= IsBroken(tag, key) ? 1UL << line : 0;
            ReadLine(first + (ulong)line, tag, key, words.Slice(line * WordsPerLine, WordsPerLine));
        }

        return broken;
    }

    private void ReadLine(ulong line, LineTag tag, ContentKey key, Span<ulong> words)
    {
        for (var word = 0; word < WordsPerLine; word++)
        {
            words[word] = Word((line * WordsPerLine) + (ulong)word, tag, key);
        }
    }

    // The host reads zeroes where a TD or the module wrote; another key than the writer's reads noise of both.
    private ulong Word(ulong word, LineTag tag, ContentKey key)
    {
        if (key == ContentKey.None)
        {
            return tag.IsOwned ? 0 : PlainWord(word);
        }

        if (tag.Key == key)
        {
            return PlainWord(word);
        }

        var block = word / 2;
        var (low, high) = (PlainWord(block * 2), PlainWord((block * 2) + 1));
        ContentCipher.Encrypt(ref low, ref high, tag.Key, block);
        ContentCipher.Decrypt(ref low, ref high, key, block);
        return word % 2 == 0 ? low : high;
    }

    private ulong PlainWord(ulong word) => Contents.Read(new(word * WordBytes), WordBytes);
}
