namespace GuestMemory;

/// <summary>Bytes as they lie in memory, through the key an access gives.</summary>
internal sealed class PlainFrameBytes(FrameContents contents) : IFrameBytes
{
    public ulong Read(in FrameAccess access, Spa at, int length, ContentKey key) => contents.Read(at, length, key);

    public void Write(in FrameAccess access, Spa at, int length, ulong value, ContentKey key) => contents.Write(at, length, value, key);
}
