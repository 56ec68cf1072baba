namespace GuestMemory.Rmp;

/// <content>Canonical bytes.</content>
public sealed partial class LegacyFirmware
{
    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.UInt64(_nextHandle);
        writer.UInt64(_nextVector);
        writer.Flag(_isWbinvdOwed);
        writer.Int32(_unclean.Count);
        foreach (var asid in _unclean)
        {
            writer.UInt64(asid);
        }

        writer.Int32(_guests.Count);
        foreach (var (handle, guest) in _guests)
        {
            writer.UInt64(handle);
            writer.UInt64(guest.Asid.Value);
            writer.Byte((byte)guest.State);
            writer.UInt64(guest.TransportKey);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _nextHandle = checked((uint)reader.UInt64());
        _nextVector = reader.UInt64();
        _isWbinvdOwed = reader.Flag();
        _unclean.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            _unclean.Add(checked((uint)reader.UInt64()));
        }

        _guests.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var handle = checked((uint)reader.UInt64());
            var asid = new Asid(checked((uint)reader.UInt64()));
            var state = (LegacyGuestState)reader.Byte();
            _guests.Add(handle, new(FirstKeyNumber + handle, state, reader.UInt64()) { Asid = asid });
        }
    }
}
