namespace GuestMemory.Rmp;

/// <content>The firmware as canonical bytes.</content>
public sealed partial class SnpFirmware
{
    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Byte((byte)State);
        writer.Flag(IsLegacyInitialised);
        writer.Flag(IsTableBuilt);
        writer.Flag(ChecksDevices);
        writer.Flag(OwesWbinvd);
        writer.UInt64(_keys);
        writer.Runs(_unflushed);
        writer.Int32(_guests.Count);
        foreach (var (context, guest) in _guests)
        {
            writer.UInt64(context);
            guest.Write(ref writer);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        State = reader.Flag() ? SnpPlatformState.Init : SnpPlatformState.Uninit;
        IsLegacyInitialised = reader.Flag();
        IsTableBuilt = reader.Flag();
        ChecksDevices = reader.Flag();
        OwesWbinvd = reader.Flag();
        _keys = checked((uint)reader.UInt64());
        reader.Runs(_unflushed);
        _guests.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var context = reader.UInt64();
            _guests.Add(context, SnpGuestContext.Read(ref reader));
        }
    }
}
