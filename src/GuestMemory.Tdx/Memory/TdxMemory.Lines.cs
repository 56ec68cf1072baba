namespace GuestMemory.Tdx;

/// <content>The lines: who wrote them, and what another reads.</content>
public sealed partial class TdxMemory
{
    private const int LineShift = 6;
    private const int LinesPerFrame = 64;
    private const int LineBytes = 64;
    private const int WordsPerLine = 8;
    private readonly RangeMap<LineTag> _lines = new();

    private bool HasLines => Integrity != MemoryIntegrity.None;

    /// <summary>What memory remembers of a line; the default without integrity.</summary>
    /// <param name="at">An address in it.</param>
    public LineTag LineAt(Spa at) => TagOf(LineOf(at));

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Runs(_lines, WriteTag);
        _dirty.WriteState(ref writer);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        reader.Runs(_lines, ReadTag);
        _dirty.ReadState(ref reader);
    }

    /// <summary>Whether reading some byte of frames under a key is a #MC.</summary>
    internal bool IsBroken(PfnRange frames, ContentKey key)
    {
        if (!HasLines)
        {
            return false;
        }

        var (start, end) = (LineOf(frames.Start.Address), LineOf(frames.End.Address));
        if (key != ContentKey.None && !_lines.ContainsAll(start, end))
        {
            return !frames.IsEmpty;
        }

        foreach (var run in _lines.Overlapping(start, end))
        {
            if (IsBroken(run.Value, key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether reading bytes within a frame under a key is a #MC.</summary>
    internal bool IsBroken(Spa at, int length, ContentKey key) =>
        HasLines && (IsBroken(TagOf(LineOf(at)), key) || IsBroken(TagOf(LineOf(at + (ulong)(length - 1))), key));

    /// <summary>What memory remembers of a frame's first line, and of its others alike: a stored state is put back.</summary>
    internal void RestoreLines(Pfn frame, LineTag first, LineTag others)
    {
        var line = LineOf(frame.Address);
        if (TagOf(line + 1) != others)
        {
            Tag(line, line + LinesPerFrame, others);
        }

        if (TagOf(line) != first)
        {
            Tag(line, line + 1, first);
        }
    }

    private static ulong LineOf(Spa at) => at.Value >> LineShift;

    private static void WriteTag(ref StateWriter writer, in LineTag tag)
    {
        writer.UInt64(tag.Key.Value);
        writer.Flag(tag.IsOwned);
        writer.Flag(tag.IsBroken);
    }

    private static LineTag ReadTag(ref StateReader reader)
    {
        var key = new ContentKey(reader.UInt64());
        var isOwned = reader.Flag();
        return new(key, isOwned, reader.Flag());
    }

    // A TD's or the module's key finds a line whose ownership bit is clear, or whose code does not fit: broken.
    private bool IsBroken(LineTag tag, ContentKey key) => key == ContentKey.None
        ? tag.IsBroken && _switches.HostReadOfBrokenFaults
        : tag.IsBroken || !tag.IsOwned || (Integrity == MemoryIntegrity.Cryptographic && tag.Key != key);

    private LineTag TagOf(ulong line) => _lines.TryGet(line, out var tag) ? tag : default;

    // Whether every byte of frames reads under a key as it was written.
    private bool IsPlain(PfnRange frames, ContentKey key)
    {
        var (start, end) = (LineOf(frames.Start.Address), LineOf(frames.End.Address));
        return !HasLines || (key == ContentKey.None ? !_lines.ContainsAny(start, end) : _lines.IsUniform(start, end, LineTag.Of(key)));
    }

    private void Own(PfnRange frames, ContentKey key) => Tag(LineOf(frames.Start.Address), LineOf(frames.End.Address), LineTag.Of(key));

    private void Break(ulong line) => Tag(line, line + 1, TagOf(line) with { IsBroken = true });

    private void Tag(ulong start, ulong end, LineTag tag)
    {
        if (HasLines && tag == default)
        {
            _lines.Remove(start, end);
        }
        else if (HasLines)
        {
            _lines.Set(start, end, tag);
        }
    }
}
