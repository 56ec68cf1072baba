namespace GuestMemory;

/// <summary>The head of a store as canonical bytes.</summary>
internal static class StoreState
{
    public static void WriteHead(ref StateWriter writer, BackingStore store)
    {
        var properties = store.Properties;
        writer.Flag(properties.HostMappable);
        writer.Flag(properties.Movable);
        writer.Flag(properties.Swappable);
        writer.Flag(properties.DirectMapped);
        writer.Byte((byte)properties.LargestOrder);
        writer.Flag(properties.Divisible);
        writer.Flag(properties.SingleSided);
        writer.UInt64(store.Size);
        writer.Byte((byte)store.Kind);
    }

    public static (BackingProperties Properties, ulong Size, PageKind Kind) ReadHead(ref StateReader reader)
    {
        var properties = new BackingProperties(
            reader.Flag(), reader.Flag(), reader.Flag(), reader.Flag(), reader.Byte(), reader.Flag(), reader.Flag());
        return (properties, reader.UInt64(), (PageKind)reader.Byte());
    }
}
