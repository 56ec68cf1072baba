namespace GuestMemory;

/// <content>The state as canonical bytes.</content>
public sealed partial class HostAddressSpace
{
    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_areas.Count);
        foreach (var run in _areas.Runs)
        {
            WriteArea(ref writer, run);
        }

        WriteEntries(ref writer);
    }

    /// <summary>Writes what changes while the areas are there: the entries and open invalidations.</summary>
    /// <param name="writer">Where to.</param>
    public void WriteEntries(ref StateWriter writer)
    {
        writer.Int32(_entries.Count);
        foreach (var run in _entries.Runs)
        {
            WriteEntry(ref writer, run);
        }

        writer.Int32(_open.Count);
        foreach (var open in _open)
        {
            writer.Int32(open.Store);
            WriteRange(ref writer, open.StorePages);
            WriteRange(ref writer, open.Pages);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _areas.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var pages = ReadRange(ref reader);
            var area = ReadArea(ref reader);
            AttachTo(area.Store);
            _areas.Set(pages.Start.Value, pages.End.Value, area);
        }

        ReadEntries(ref reader);
    }

    /// <summary>Replaces what <see cref="WriteEntries"/> wrote; areas stay.</summary>
    /// <param name="reader">Where from.</param>
    /// <exception cref="FormatException">The bytes are not entries of these areas.</exception>
    public void ReadEntries(ref StateReader reader)
    {
        _entries.Clear();
        _open.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var pages = ReadRange(ref reader);
            if (!IsMapped(pages))
            {
                throw new FormatException($"The state has page table entries over {pages}, where nothing is mapped.");
            }

            _entries.Append(pages.Start.Value, pages.End.Value, new(new(reader.UInt64()), reader.Flag(), reader.Flag(), reader.Flag()));
        }

        for (var left = reader.Count(); left > 0; left--)
        {
            _open.Add(new(reader.Int32(), ReadRange(ref reader), ReadRange(ref reader)));
        }
    }

    private static void WriteArea(ref StateWriter writer, in RangeEntry<HostArea> run)
    {
        writer.UInt64(run.Start);
        writer.UInt64(run.End);
        writer.Int32(run.Value.Store);
        writer.UInt64(run.Value.Index.Value);
        writer.Byte((byte)run.Value.Rights);
        writer.Flag(run.Value.IsShared);
        writer.Int32(run.Value.Holder);
        writer.Flag(run.Value.IsLocked);
    }

    private static HostArea ReadArea(ref StateReader reader) => new(
        reader.Int32(), new(reader.UInt64()), (HostRights)reader.Byte(), reader.Flag(), reader.Int32(), reader.Flag());

    private static void WriteEntry(ref StateWriter writer, in RangeEntry<HostEntry> run)
    {
        writer.UInt64(run.Start);
        writer.UInt64(run.End);
        writer.UInt64(run.Value.Frame.Value);
        writer.Flag(run.Value.Writable);
        writer.Flag(run.Value.IsZeroPage);
        writer.Flag(run.Value.IsPoisoned);
    }

    private static void WriteRange(ref StateWriter writer, PageIndexRange range)
    {
        writer.UInt64(range.Start.Value);
        writer.UInt64(range.End.Value);
    }

    private static PageIndexRange ReadRange(ref StateReader reader)
    {
        var start = reader.UInt64();
        return PageIndexRange.FromBounds(new(start), new(reader.UInt64()));
    }
}
