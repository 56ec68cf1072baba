namespace GuestMemory.Tdx;

/// <summary>Memory behind the controller's keys: bytes, and for each line of 64 bytes who wrote it last.</summary>
/// <remarks>
/// Bytes are kept as their last writer meant them, and read as noise under another key. Without integrity nothing but bytes is kept. How lines
/// behave is unverified (MB-60). Its state is that of the lines, and what lies in
/// the host's caches: the bytes are the machine's.
/// </remarks>
public sealed partial class TdxMemory : IStateful
{
    private const int WordsPerFrame = 512;
    private readonly MemorySwitches _switches;

    internal TdxMemory(TdxPlatform platform, FrameContents contents)
    {
        Integrity = platform.Integrity;
        _switches = platform.Switches;
        Contents = contents;
    }

    /// <summary>How lines are told apart.</summary>
    public MemoryIntegrity Integrity { get; }

    /// <summary>The bytes, as their last writer meant them.</summary>
    public FrameContents Contents { get; }

    /// <summary>Writes a frame by full-line direct stores under a key.</summary>
    internal void WriteFrame(Pfn frame, ReadOnlySpan<ulong> words, ContentKey key)
    {
        Contents.WriteWords(frame, words);
        Own(new(frame, 1), key);
    }

    /// <summary>Zeroes frames by full-line direct stores under a key.</summary>
    internal void ZeroFrames(PfnRange frames, ContentKey key)
    {
        Contents.Clear(frames);
        Own(frames, key);
    }

    /// <summary>Zeroes a frame by the host's full-line direct stores.</summary>
    internal void HostClear(Pfn frame)
    {
        Drop(frame);
        ZeroFrames(new(frame, 1), ContentKey.None);
    }

    /// <summary>Copies a frame by full-line direct stores: read under one key, written under another. What was broken is broken in the copy (MB-60).</summary>
    internal void CopyFrame(Pfn from, ContentKey fromKey, Pfn to, ContentKey toKey)
    {
        if (fromKey == ContentKey.None)
        {
            WriteBack(from);
        }

        Span<ulong> words = stackalloc ulong[WordsPerFrame];
        if (IsPlain(new(from, 1), fromKey))
        {
            Contents.ReadWords(from, words);
            WriteFrame(to, words, toKey);
            return;
        }

        var broken = ReadFrame(from, fromKey, words);
        WriteFrame(to, words, toKey);
        for (var line = 0; broken != 0; line++, broken >>= 1)
        {
            if ((broken & 1) != 0)
            {
                Break(LineOf(to.Address) + (ulong)line);
            }
        }
    }
}
