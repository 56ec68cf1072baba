namespace GuestMemory.Rmp;

/// <content>The state: frames, guests, and what is the system's (the bytes kept, the save areas, what was seen).</content>
internal sealed partial class SevSystem
{
    public int Parts => _pages + Guests + 1;

    private ulong SystemPart => 1UL << (Parts - 1);

    public void WritePart(int part, ref StateWriter writer)
    {
        if (part < _pages)
        {
            writer.UInt64(Raw(FrameOf(part), 0));
            writer.UInt64(Raw(FrameOf(part), 8));
            return;
        }

        for (var address = 0; part < Parts - 1 && address < _pages; address++)
        {
            writer.Byte(_nested[part - _pages, address]);
            writer.Byte(_written[part - _pages, address]);
        }

        if (part == Parts - 1)
        {
            WriteSystem(ref writer);
        }
    }

    public void ReadPart(int part, ref StateReader reader)
    {
        if (part < _pages)
        {
            ReadBlock(FrameOf(part).Address, ref reader);
            return;
        }

        for (var address = 0; part < Parts - 1 && address < _pages; address++)
        {
            _nested[part - _pages, address] = reader.Byte();
            _written[part - _pages, address] = reader.Byte();
        }

        if (part == Parts - 1)
        {
            ReadSystem(ref reader);
        }
    }

    // Nothing is derived from the parts.
    public void PartsRead(ulong parts)
    {
    }

    private ulong GuestPart(int guest) => 1UL << (_pages + guest);

    private ulong Raw(Pfn frame, int offset) => _platform.Contents.Read(frame.Address + (ulong)offset, 8);

    private void WriteSystem(ref StateWriter writer)
    {
        writer.Byte((byte)_seen);
        writer.Byte(_kept.Frame);
        writer.UInt64(_kept.Low);
        writer.UInt64(_kept.High);
        foreach (var area in _saveAreas)
        {
            writer.UInt64(Raw(area.Page, SaveArea.RipOffset - 8));
            writer.UInt64(Raw(area.Page, SaveArea.RipOffset));
        }
    }

    private void ReadSystem(ref StateReader reader)
    {
        _seen = (SevSight)reader.Byte();
        var frame = reader.Byte();
        var low = reader.UInt64();
        _kept = (frame, low, reader.UInt64());
        foreach (var area in _saveAreas)
        {
            ReadBlock(area.Page.Address + (SaveArea.RipOffset - 8), ref reader);
        }
    }

    // A block of 16 bytes as it lies in memory.
    private void ReadBlock(Spa at, ref StateReader reader)
    {
        _platform.Contents.Write(at, 8, reader.UInt64());
        _platform.Contents.Write(at + 8, 8, reader.UInt64());
    }
}
