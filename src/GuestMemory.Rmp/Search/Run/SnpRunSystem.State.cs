namespace GuestMemory.Rmp;

/// <content>The state, part by part: frames with entry and bytes, guests, vCPUs, and what was seen.</content>
internal sealed partial class SnpRunSystem
{
    public int Parts => _pages + _guests.Length + _tlbs.Length + 1;

    private ulong SystemPart => 1UL << (Parts - 1);

    public void WritePart(int part, ref StateWriter writer)
    {
        if (part < _pages)
        {
            WriteFrame(FrameOf(part), ref writer);
        }
        else if (part < _pages + _guests.Length)
        {
            writer.UInt64(_guests[part - _pages].Bits);
        }
        else if (part < Parts - 1)
        {
            var tlb = _tlbs[part - _pages - _guests.Length];
            writer.UInt64(tlb.Private);
            writer.UInt64(tlb.Shared);
        }
        else
        {
            writer.Flag(_isLeaked);
        }
    }

    public void ReadPart(int part, ref StateReader reader)
    {
        if (part < _pages)
        {
            ReadFrame(FrameOf(part), ref reader);
        }
        else if (part < _pages + _guests.Length)
        {
            _guests[part - _pages] = new(reader.UInt64());
        }
        else if (part < Parts - 1)
        {
            var ofPrivate = reader.UInt64();
            _tlbs[part - _pages - _guests.Length] = new(ofPrivate, reader.UInt64());
        }
        else
        {
            _isLeaked = reader.Flag();
        }
    }

    // Nothing is derived from the parts.
    public void PartsRead(ulong parts)
    {
    }

    private void WriteFrame(Pfn frame, ref StateWriter writer)
    {
        var entry = _platform.Table.Raw(frame);
        writer.UInt64(entry.Low);
        writer.UInt64(entry.High);
        writer.UInt64(_platform.Contents.Read(frame.Address, 8));
        writer.UInt64(_platform.Contents.Read(frame.Address + 8, 8));
    }

    private void ReadFrame(Pfn frame, ref StateReader reader)
    {
        var low = reader.UInt64();
        _platform.Table.Write(frame, new(low, reader.UInt64()));
        _platform.Contents.Write(frame.Address, 8, reader.UInt64());
        _platform.Contents.Write(frame.Address + 8, 8, reader.UInt64());
    }
}
