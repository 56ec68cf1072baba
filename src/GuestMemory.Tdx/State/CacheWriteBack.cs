namespace GuestMemory.Tdx;

/// <summary>How far one package's cache write-back came, when it was interrupted.</summary>
/// <param name="IsOpen">Whether it can be resumed.</param>
/// <param name="BlocksDone">Pieces done.</param>
/// <param name="Hkids">The identifiers that were flushed when it began, counted from the first private one.</param>
internal readonly record struct CacheWriteBack(bool IsOpen, int BlocksDone, ulong Hkids)
{
    public void WriteState(ref StateWriter writer)
    {
        writer.Flag(IsOpen);
        writer.Int32(BlocksDone);
        writer.UInt64(Hkids);
    }

    public static CacheWriteBack Read(ref StateReader reader)
    {
        var isOpen = reader.Flag();
        var done = reader.Int32();
        return new(isOpen, done, reader.UInt64());
    }
}
