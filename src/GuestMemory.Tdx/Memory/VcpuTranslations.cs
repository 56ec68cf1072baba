using System.Runtime.InteropServices;

namespace GuestMemory.Tdx;

/// <summary>The private translations a vCPU remembers, by guest frame and size. Blocking and removing pages does not reach them; flushing does.</summary>
public sealed class VcpuTranslations : IStateful
{
    private readonly List<CachedPage> _pages = [];

    /// <summary>The translations, by guest frame, smaller pages first.</summary>
    public ReadOnlySpan<CachedPage> Pages => CollectionsMarshal.AsSpan(_pages);

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.Int32(_pages.Count);
        foreach (var page in _pages)
        {
            writer.UInt64(page.Gfn.Value);
            writer.Byte((byte)page.Size);
            writer.UInt64(page.Frame.Value);
            writer.Byte((byte)page.Rights);
        }
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        _pages.Clear();
        for (var left = reader.Count(); left > 0; left--)
        {
            var gfn = new Gfn(reader.UInt64());
            var size = (PageSize)reader.Byte();
            var frame = new Pfn(reader.UInt64());
            _pages.Add(new(gfn, size, frame, reader.Byte()));
        }
    }

    /// <summary>The translation that covers a guest frame, the smallest first.</summary>
    internal bool TryFind(Gfn gfn, out CachedPage page)
    {
        for (var size = PageSize.Size4K; _pages.Count > 0 && size <= PageSize.Size1G; size++)
        {
            var at = PlaceOf(new(gfn.Value & ~(size.FrameCount() - 1)), size);
            if (at >= 0)
            {
                page = _pages[at];
                return true;
            }
        }

        page = default;
        return false;
    }

    /// <summary>Remembers a translation, in place of one of the same frame and size.</summary>
    internal void Add(in CachedPage page)
    {
        var at = PlaceOf(page.Gfn, page.Size);
        if (at >= 0)
        {
            _pages[at] = page;
        }
        else
        {
            _pages.Insert(~at, page);
        }
    }

    /// <summary>Forgets all of them.</summary>
    internal void Flush() => _pages.Clear();

    private int PlaceOf(Gfn gfn, PageSize size)
    {
        var (low, high) = (0, _pages.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var order = (_pages[middle].Gfn.Value, (int)_pages[middle].Size).CompareTo((gfn.Value, (int)size));
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
