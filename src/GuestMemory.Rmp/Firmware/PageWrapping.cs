using System.Buffers.Binary;
using System.IO.Hashing;

namespace GuestMemory.Rmp;

/// <summary>Wraps a page's bytes under a guest's key for pages outside, and unwraps them; stands for AES-256-GCM.</summary>
internal readonly struct PageWrapping
{
    private const ulong BlocksPerFrame = 256;

    // Blocks of a 2M page: vectors of two pages never give one place to two blocks.
    private const ulong BlocksPerVector = BlocksPerFrame * 512;
    private readonly FrameContents _contents;
    private readonly ContentKey _key;
    private readonly ulong _vector;

    public PageWrapping(FrameContents contents, ContentKey key, ulong vector)
    {
        _contents = contents;
        _key = key;
        _vector = vector;
    }

    /// <summary>Wraps a page that is read through a memory key into plain memory.</summary>
    /// <returns>The tag over its bytes.</returns>
    public UInt128 Wrap(PfnRange from, ContentKey memoryKey, Pfn to)
    {
        var hash = new XxHash128();
        for (var block = 0UL; block < from.Count * BlocksPerFrame; block++)
        {
            var (low, high) = Load(from.Start, block, memoryKey);
            Append(hash, low, high);
            ContentCipher.Encrypt(ref low, ref high, _key, PlaceOf(block));
            Store(to, block, low, high, ContentKey.None);
        }

        return TagOf(hash);
    }

    /// <summary>The tag over what wrapped bytes hold. Nothing is written.</summary>
    public UInt128 TagOf(PfnRange from)
    {
        var hash = new XxHash128();
        for (var block = 0UL; block < from.Count * BlocksPerFrame; block++)
        {
            var (low, high) = Unwrapped(from.Start, block);
            Append(hash, low, high);
        }

        return TagOf(hash);
    }

    /// <summary>Unwraps a page and writes it through a memory key; the places may be the same.</summary>
    public void Unwrap(PfnRange from, Pfn to, ContentKey memoryKey)
    {
        for (var block = 0UL; block < from.Count * BlocksPerFrame; block++)
        {
            var (low, high) = Unwrapped(from.Start, block);
            Store(to, block, low, high, memoryKey);
        }
    }

    private static Spa At(Pfn start, ulong block) => start.Address + (block * 16);

    private static void Append(XxHash128 hash, ulong low, ulong high)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], high);
        hash.Append(bytes);
    }

    private ulong PlaceOf(ulong block) => unchecked((_vector * BlocksPerVector) + block);

    private (ulong Low, ulong High) Unwrapped(Pfn start, ulong block)
    {
        var (low, high) = Load(start, block, ContentKey.None);
        ContentCipher.Decrypt(ref low, ref high, _key, PlaceOf(block));
        return (low, high);
    }

    private UInt128 TagOf(XxHash128 hash)
    {
        Append(hash, _vector, _key.Value);
        return hash.GetCurrentHashAsUInt128();
    }

    private (ulong Low, ulong High) Load(Pfn start, ulong block, ContentKey key)
    {
        var at = At(start, block);
        return (_contents.Read(at, 8, key), _contents.Read(at + 8, 8, key));
    }

    private void Store(Pfn start, ulong block, ulong low, ulong high, ContentKey key)
    {
        var at = At(start, block);
        _contents.Write(at, 8, low, key);
        _contents.Write(at + 8, 8, high, key);
    }
}
