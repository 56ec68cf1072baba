namespace GuestMemory;

/// <summary>Keeps the bytes behind allowed accesses in its own way. A machine's ownership table may be one; otherwise bytes lie in <see cref="Machine.Contents"/> as they are.</summary>
public interface IFrameBytes
{
    /// <summary>Reads bytes for an access that was judged and allowed.</summary>
    /// <param name="access">The access.</param>
    /// <param name="at">First byte; the bytes stay within the frame.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="key">The key the accessor's technology keeps such bytes under; none for plain ones.</param>
    ulong Read(in FrameAccess access, Spa at, int length, ContentKey key);

    /// <summary>Writes bytes for an access that was judged and allowed.</summary>
    /// <param name="access">The access.</param>
    /// <param name="at">First byte; the bytes stay within the frame.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="value">The bytes as a little-endian number; what is above them is ignored.</param>
    /// <param name="key">The key the accessor's technology keeps such bytes under; none for plain ones.</param>
    void Write(in FrameAccess access, Spa at, int length, ulong value, ContentKey key);
}
