namespace GuestMemory;

/// <summary>A run of translations as canonical bytes.</summary>
internal static class TranslationState
{
    public static void Write(ref StateWriter writer, in RangeEntry<Translation> run)
    {
        writer.UInt64(run.Start);
        writer.UInt64(run.End);
        writer.UInt64(run.Value.Frame.Value);
        writer.Byte((byte)run.Value.Size);
        writer.Byte((byte)run.Value.Kind);
        writer.Flag(run.Value.Writable);
    }

    public static RangeEntry<Translation> Read(ref StateReader reader)
    {
        var start = reader.UInt64();
        var end = reader.UInt64();
        var frame = new Pfn(reader.UInt64());
        return new(start, end, new(frame, (PageSize)reader.Byte(), (PageKind)reader.Byte(), reader.Flag()));
    }
}
