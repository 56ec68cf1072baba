namespace GuestMemory.Tdx;

/// <content>What the host writes, through its caches where the platform says so.</content>
public sealed partial class TdxMemory
{
    private readonly DirtyLines _dirty = new();

    /// <summary>Whether a line the host wrote has not reached memory yet.</summary>
    /// <param name="at">An address in it.</param>
    public bool IsDirty(Spa at) => _dirty.Find(LineOf(at)) is not null;

    /// <summary>Reads bytes within a frame as the host: its caches first.</summary>
    internal ulong HostRead(Spa at, int length)
    {
        var value = Read(at, length, ContentKey.None);
        for (var index = 0; index < length && !_dirty.IsEmpty; index++)
        {
            var byteAt = at + (ulong)index;
            if (_dirty.Find(LineOf(byteAt)) is { } words)
            {
                var read = (words[(byteAt.Value % LineBytes) / WordBytes] >> (int)(byteAt.Value % WordBytes * 8)) & 0xff;
                value = (value & ~(0xffUL << (index * 8))) | (read << (index * 8));
            }
        }

        return value;
    }

    /// <summary>Writes bytes within a frame as the host: into its caches, or into less than a line of memory.</summary>
    internal void HostWrite(Spa at, int length, ulong value)
    {
        if (!_switches.HostWritesStayInCaches)
        {
            Write(at, length, value, ContentKey.None);
            return;
        }

        for (var index = 0; index < length; index++)
        {
            var byteAt = at + (ulong)index;
            var words = _dirty.Find(LineOf(byteAt)) ?? Fetch(LineOf(byteAt));
            ref var word = ref words[(byteAt.Value % LineBytes) / WordBytes];
            var shift = (int)(byteAt.Value % WordBytes * 8);
            word = (word & ~(0xffUL << shift)) | (((value >> (index * 8)) & 0xff) << shift);
        }
    }

    /// <summary>Writes a frame's dirty lines back, whole, under the host's key: whoever has the frame by then. Broken lines stay broken.</summary>
    internal void WriteBack(Pfn frame)
    {
        var first = LineOf(frame.Address);
        for (var line = first; line < first + LinesPerFrame && !_dirty.IsEmpty; line++)
        {
            if (_dirty.Find(line) is { } words)
            {
                _dirty.Remove(line);
                Store(line, words);
                Tag(line, line + 1, TagOf(line).IsBroken ? TagOf(line) : default);
            }
        }
    }

    // Stores that go past the caches leave no dirty line behind.
    private void Drop(Pfn frame)
    {
        var first = LineOf(frame.Address);
        for (var line = first; line < first + LinesPerFrame && !_dirty.IsEmpty; line++)
        {
            _dirty.Remove(line);
        }
    }

    private ulong[] Fetch(ulong line)
    {
        var words = _dirty.Add(line);
        ReadLine(line, TagOf(line), ContentKey.None, words);
        return words;
    }
}
