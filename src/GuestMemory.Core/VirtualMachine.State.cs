namespace GuestMemory;

/// <content>The state as canonical bytes.</content>
public sealed partial class VirtualMachine
{
    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Flag(IsLive);
        if (!IsLive)
        {
            return;
        }

        writer.UInt64(Technology.VmType);
        writer.Flag(IsDead);
        writer.Int32(OwnInvalidations);
        Sequence.WriteState(ref writer);
        Cache.WriteState(ref writer);
        Slots.WriteState(ref writer);
        Attributes.WriteState(ref writer);
        writer.Int32(_open.Count);
        foreach (var open in _open)
        {
            writer.Int32(open.Process);
            writer.UInt64(open.Pages.Start.Value);
            writer.UInt64(open.Pages.End.Value);
        }

        Mmu.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        var live = reader.Flag();
        if (IsLive && !live)
        {
            Close();
        }

        if (!live)
        {
            return;
        }

        BecomeLive(reader.UInt64());
        IsDead = reader.Flag();
        OwnInvalidations = reader.Int32();
        Sequence.ReadState(ref reader);
        Cache.ReadState(ref reader);
        Slots.ReadState(ref reader);
        Attributes.ReadState(ref reader);
        _open.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var process = reader.Int32();
            var start = reader.UInt64();
            _open.Add(new(process, PageIndexRange.FromBounds(new(start), new(reader.UInt64()))));
        }

        Mmu.ReadState(ref reader);
    }

    private void BecomeLive(ulong vmType)
    {
        if (IsLive && Technology.VmType != vmType)
        {
            Close();
        }

        if (!IsLive)
        {
            var technology = Machine.FindTechnology(vmType)
                ?? throw new FormatException($"The state has a VM of type {vmType}, which this machine does not know.");
            Open(technology);
        }
    }
}
