namespace GuestMemory.Tdx;

/// <content>What lies in the first line of each page, as one byte: nothing, the host's word, or whose and which guest's.</content>
internal sealed partial class RunSystem
{
    private const byte HostContent = 1;
    private const byte FirstGuestContent = 2;
    private const byte SpoiltContent = 255;
    private const int LineWords = 8;

    private void WriteContent(int page, ref StateWriter writer)
    {
        var content = ContentOf(page);
        writer.Byte(content);
        for (var word = 0; content == SpoiltContent && word < LineWords; word++)
        {
            writer.UInt64(Word(page, word));
        }
    }

    private void ReadContent(int page, ref StateReader reader)
    {
        var content = reader.Byte();
        for (var word = 0; word < LineWords && (word == 0 || _maySpoilLines); word++)
        {
            var value = content == SpoiltContent ? reader.UInt64() : word == 0 ? Meaning(content) : 0;
            _module.Memory.Contents.Write(_frames[page].Address + (ulong)(word * Bytes), Bytes, value);
        }
    }

    // What the first line holds, as long as it is what somebody meant.
    private byte ContentOf(int page)
    {
        for (var word = 1; _maySpoilLines && word < LineWords; word++)
        {
            if (Word(page, word) != 0)
            {
                return SpoiltContent;
            }
        }

        var first = Word(page, 0);
        if (first is 0 or HostToken)
        {
            return first == 0 ? (byte)0 : HostContent;
        }

        var (guest, gfn) = ((first >> 8) - 1, (first & 0xff) - 1);
        return guest < (ulong)_tds.Length && gfn < (ulong)_pages ? (byte)(FirstGuestContent + (guest * (ulong)_pages) + gfn) : SpoiltContent;
    }

    private ulong Meaning(byte content)
    {
        if (content < FirstGuestContent)
        {
            return content == 0 ? 0 : HostToken;
        }

        var token = content - FirstGuestContent;
        return token / _pages < _tds.Length ? Token(token / _pages, token % _pages) : throw new FormatException($"Nobody writes {content}.");
    }

    private ulong Word(int page, int word) => _module.Memory.Contents.Read(_frames[page].Address + (ulong)(word * Bytes), Bytes);
}
