namespace GuestMemory.Rmp;

/// <content>The table as canonical bytes: block by block, each in the one form its entries have.</content>
public sealed partial class ReverseMapTable
{
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

            writer.Int32(block.NonZero);
            var entries = block.Entries;
            for (var offset = 0; offset < entries.Length; offset++)
            {
                if (entries[offset] != default)
                {
                    writer.Int32(offset);
                    WriteEntry(ref writer, entries[offset]);
                }
            }
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
        if (block.Form != RmpBlockForm.Each)
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
            for (var left = reader.Count(); left > 0; left--)
            {
                var offset = reader.Int32();
                if (offset is < 0 or >= (int)PagesPerBlock)
                {
                    throw new FormatException($"A block of 512 entries has none of number {offset}.");
                }

                Write(head + (ulong)offset, ReadEntry(ref reader));
            }

            return;
        }

        var one = ReadEntry(ref reader);
        Replace(head, one, form);
    }
}
