namespace GuestMemory.Tdx;

/// <content>The table as canonical bytes.</content>
public sealed partial class Pamt
{
    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        foreach (var range in _ranges)
        {
            writer.UInt64(range.InitializedTo);
            foreach (var run in range.Runs())
            {
                writer.Byte((byte)(run.Size + 1));
                writer.UInt64(run.Frame.Value);
                writer.UInt64(run.Entry.Low);
                writer.UInt64(run.Entry.Bepoch);
            }

            writer.Byte(0);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        foreach (var range in _ranges)
        {
            range.Clear();
            range.InitializedTo = reader.UInt64();
            for (var size = reader.Byte(); size != 0; size = reader.Byte())
            {
                var frame = new Pfn(reader.UInt64());
                if (size > 3 || RangeOf(frame) != range)
                {
                    throw new FormatException($"The state has a PAMT entry of size {size - 1} at {frame}, which this table does not have.");
                }

                var low = reader.UInt64();
                Write((PageSize)(size - 1), frame, new(low, reader.UInt64()));
            }
        }
    }
}
