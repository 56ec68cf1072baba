namespace GuestMemory.Tdx;

/// <summary>The tree that translates a TD's private guest frames. The module's own: the host changes it by calls only.</summary>
/// <remarks>
/// A walk goes down while the entry has rights and is no leaf; free, blocked and pending entries stop it. Cost follows what was touched: a
/// page of tables is made when the host gives one. Not thread-safe. Source: tdx-module, Secure EPT.
/// </remarks>
public sealed partial class SecureEpt : IStateful
{
    private SeptPage _root;

    internal SecureEpt(Pfn root, SeptLevel level) => _root = new(root, level);

    /// <summary>The root's level, <see cref="SeptLevel.Pml4"/> or <see cref="SeptLevel.Pml5"/>.</summary>
    public SeptLevel RootLevel => _root.Level;

    /// <summary>The root's page; a control page of the TD.</summary>
    public Pfn Root => _root.Frame;

    /// <summary>Walks towards an entry.</summary>
    /// <param name="gfn">The guest frame.</param>
    /// <param name="level">The level wanted, at most the root's.</param>
    /// <returns>Where the walk ended: at that level, or above it where it could not go on.</returns>
    public SeptPlace Walk(Gfn gfn, SeptLevel level)
    {
        var page = _root;
        while (true)
        {
            var index = page.Level.IndexOf(gfn);
            if (page.Level == level || page[index] is { IsLeaf: true } or { Rights: 0 } || page.Child(index) is not { } child)
            {
                return new(page, index);
            }

            page = child;
        }
    }

    /// <summary>Walks to a guest frame's entry through blocked tables too: what is there, whether or not a walk finds it.</summary>
    internal SeptPlace Find(Gfn gfn)
    {
        var page = _root;
        while (page.Level != SeptLevel.Pt && page[page.Level.IndexOf(gfn)].State.IsTable() && page.Child(page.Level.IndexOf(gfn)) is { } child)
        {
            page = child;
        }

        return new(page, page.Level.IndexOf(gfn));
    }

    /// <summary>Every entry that is not free, tables before what they lead to, in order of guest frame.</summary>
    public IEnumerable<SeptRow> Rows() => Rows(_root, default);

    /// <summary>The pages it lies in, the root first.</summary>
    internal IEnumerable<SeptPage> Pages() => Pages(_root);

    /// <inheritdoc/>
    public void WriteState(ref StateWriter writer)
    {
        writer.UInt64(_root.Frame.Value);
        writer.Byte((byte)_root.Level);
        Write(ref writer, _root);
    }

    /// <inheritdoc/>
    public void ReadState(ref StateReader reader)
    {
        var frame = new Pfn(reader.UInt64());
        _root = new(frame, (SeptLevel)reader.Byte());
        Read(ref reader, _root);
    }

    internal static SecureEpt Read(ref StateReader reader)
    {
        var tree = new SecureEpt(default, SeptLevel.Pml4);
        tree.ReadState(ref reader);
        return tree;
    }

    private static IEnumerable<SeptPage> Pages(SeptPage page)
    {
        yield return page;
        for (var index = 0; index < SeptPage.Entries && page.Level > SeptLevel.Pt; index++)
        {
            if (page.Child(index) is not { } child)
            {
                continue;
            }

            foreach (var below in Pages(child))
            {
                yield return below;
            }
        }
    }

    private static IEnumerable<SeptRow> Rows(SeptPage page, Gfn first)
    {
        for (var index = 0; index < SeptPage.Entries && page.InUse > 0; index++)
        {
            var entry = page[index];
            if (entry.State == SeptEntryState.Free)
            {
                continue;
            }

            var gfn = first + ((ulong)index * page.Level.FrameCount());
            yield return new(gfn, page.Level, entry);
            if (page.Child(index) is { } child)
            {
                foreach (var row in Rows(child, gfn))
                {
                    yield return row;
                }
            }
        }
    }

    private static void Write(ref StateWriter writer, SeptPage page)
    {
        writer.Int32(SeptPage.Entries - page.Words.Count(SeptEntry.Free.Raw));
        for (var index = 0; index < SeptPage.Entries; index++)
        {
            if (page[index] == SeptEntry.Free)
            {
                continue;
            }

            writer.Int32(index);
            writer.UInt64(page[index].Raw);
            if (page.Child(index) is { } child)
            {
                Write(ref writer, child);
            }
        }
    }

    private static void Read(ref StateReader reader, SeptPage page)
    {
        for (var left = reader.Count(); left > 0; left--)
        {
            var index = reader.Int32();
            if (index is < 0 or >= SeptPage.Entries)
            {
                throw new FormatException($"A page of 512 entries has none of number {index}.");
            }

            var entry = new SeptEntry(reader.UInt64());
            page[index] = entry;
            if (!entry.IsLeaf && entry.State.IsTable())
            {
                var child = new SeptPage(entry.Table, page.Level - 1);
                page.SetChild(index, child);
                Read(ref reader, child);
            }
        }
    }
}
