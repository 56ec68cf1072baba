namespace GuestMemory.Rmp;

/// <content>The table as canonical bytes: block by block, each in the one form its entries have.</content>
public sealed partial class ReverseMapTable
{
    // A run of entries is one word: its first offset, its length less one, and whether the guest address goes on.
    private const int OffsetBits = 9;
    private const int AdvancesBit = 1 << (2 * OffsetBits);
    private const int NoRun = -1;

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        foreach (var head in TouchedBlocks())
        {
            ref readonly var block = ref BlockOf(head.Value);
            var form = FormOf(block);
            writer.Byte(1);
            writer.UInt64(head.Value);
            writer.Byte((byte)form);
            if (form != RmpBlockForm.Each)
            {
                WriteEntry(ref writer, block.Raw(0));
                continue;
            }

            WriteEach(ref writer, block);
        }

        writer.Byte(0);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        Clear();
        while (reader.Flag())
        {
            ReadBlock(new(reader.UInt64()), (RmpBlockForm)reader.Byte(), ref reader);
        }
    }

    // Runs of entries that are alike, or go on page by page, each as long as it can be; zeroes are left out.
    private static void WriteEach(ref StateWriter writer, in RmpBlock block)
    {
        var entries = block.Entries;
        var left = (int)block.NonZero;
        for (var offset = 0; left > 0;)
        {
            if (entries[offset] == default)
            {
                offset++;
                continue;
            }

            var (length, advances) = RunAt(entries, offset);
            writer.Int32(offset | ((length - 1) << OffsetBits) | (advances ? AdvancesBit : 0));
            WriteEntry(ref writer, entries[offset]);
            offset += length;
            left -= length;
        }

        writer.Int32(NoRun);
    }

    private static (int Length, bool Advances) RunAt(ReadOnlySpan<RmpEntry> entries, int offset)
    {
        var end = offset + 1;
        var advances = end < entries.Length && entries[end] != entries[offset];
        var step = advances ? 1UL : 0;
        while (end < entries.Length && entries[end] == entries[end - 1].Advanced(step))
        {
            end++;
        }

        return (end - offset, advances && end > offset + 1);
    }

    private static void WriteEntry(ref StateWriter writer, in RmpEntry entry)
    {
        writer.UInt64(entry.Low);
        writer.UInt64(entry.High);
    }

    private static RmpEntry ReadEntry(ref StateReader reader)
    {
        var low = reader.UInt64();
        return new(low, reader.UInt64());
    }

    // Entries kept each by itself may be alike again.
    private static RmpBlockForm FormOf(in RmpBlock block)
    {
        if (block.Form != RmpBlockForm.Each || block.NonZero < PagesPerBlock)
        {
            return block.Form;
        }

        var entries = block.Entries;
        var step = entries[1] == entries[0] ? 0UL : 1;
        for (var offset = 1; offset < entries.Length; offset++)
        {
            if (entries[offset] != entries[offset - 1].Advanced(step))
            {
                return RmpBlockForm.Each;
            }
        }

        return step == 0 ? RmpBlockForm.Alike : RmpBlockForm.Consecutive;
    }

    private void ReadBlock(Pfn head, RmpBlockForm form, ref StateReader reader)
    {
        if (head.Value % PagesPerBlock != 0 || !Coverage.Covers(head) || !Enum.IsDefined(form))
        {
            throw new FormatException($"The state has a block of entries at {head}, which this table does not have.");
        }

        if (form == RmpBlockForm.Each)
        {
            ReadEach(head, ref reader);
            return;
        }

        var one = ReadEntry(ref reader);
        Replace(head, one, form);
    }

    private void ReadEach(Pfn head, ref StateReader reader)
    {
        for (var run = reader.Int32(); run != NoRun; run = reader.Int32())
        {
            var (offset, length) = (run & ((1 << OffsetBits) - 1), ((run >> OffsetBits) & ((1 << OffsetBits) - 1)) + 1);
            if (run < 0 || offset + length > (int)PagesPerBlock)
            {
                throw new FormatException($"A block of 512 entries has none from {offset} on for {length}.");
            }

            var first = ReadEntry(ref reader);
            for (var page = 0; page < length; page++)
            {
                Write(head + (ulong)(offset + page), first.Advanced((run & AdvancesBit) != 0 ? (ulong)page : 0));
            }
        }
    }
}
