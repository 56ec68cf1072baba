namespace GuestMemory.Tdx;

/// <summary>Trees compared page by page, copied, and looked into past what is blocked.</summary>
internal static class SeptTrees
{
    public static SeptPage? RootOf(Td td) => td.Sept is { } tree ? tree.Walk(default, tree.RootLevel).Page : null;

    /// <summary>The entries in which two trees differ, tables before what they lead to.</summary>
    public static void Compare(Pfn tdr, SeptPage? old, SeptPage? now, Gfn first, List<SeptChange> changes)
    {
        if ((now ?? old)?.Level is not { } level)
        {
            return;
        }

        for (var index = 0; index < SeptPage.Entries; index++)
        {
            var (before, after) = (old?[index] ?? SeptEntry.Free, now?[index] ?? SeptEntry.Free);
            var gfn = first + ((ulong)index * level.FrameCount());
            if (before != after)
            {
                changes.Add(new(tdr, gfn, level, before, after));
            }

            if (level != SeptLevel.Pt)
            {
                Compare(tdr, old?.Child(index), now?.Child(index), gfn, changes);
            }
        }
    }

    /// <summary>A copy that is like a tree: an older copy brought up to date, or a new one.</summary>
    public static SeptPage? Copy(SeptPage? old, SeptPage? now)
    {
        if (now is null)
        {
            return null;
        }

        var copy = old?.Frame == now.Frame && old.Level == now.Level ? old : new SeptPage(now.Frame, now.Level);
        for (var index = 0; index < SeptPage.Entries; index++)
        {
            if (copy[index] != now[index])
            {
                copy[index] = now[index];
            }

            if (copy.Child(index) is not null || now.Child(index) is not null)
            {
                copy.SetChild(index, Copy(copy.Child(index), now.Child(index)));
            }
        }

        return copy;
    }

    // By the entries' bytes and not by how many are in use: a free entry that leads somewhere is one of them too.
    public static IEnumerable<SeptRow> Rows(SeptPage? page, Gfn first = default)
    {
        if (page is null || !page.Words.ContainsAnyExcept(SeptEntry.Free.Raw))
        {
            yield break;
        }

        for (var index = 0; index < SeptPage.Entries; index++)
        {
            if (page[index] == SeptEntry.Free)
            {
                continue;
            }

            var gfn = first + ((ulong)index * page.Level.FrameCount());
            yield return new(gfn, page.Level, page[index]);
            foreach (var row in Rows(page.Child(index), gfn))
            {
                yield return row;
            }
        }
    }

    public static SeptHit Locate(SeptPage? root, Gfn gfn)
    {
        if (root is null)
        {
            return new(SeptEntry.Free, SeptLevel.Pml5, default);
        }

        var page = root;
        while (page.Child(page.Level.IndexOf(gfn)) is { } child && !page[page.Level.IndexOf(gfn)].IsLeaf)
        {
            page = child;
        }

        var entry = page[page.Level.IndexOf(gfn)];
        return new(entry, page.Level, entry.IsLeaf ? entry.Page(page.Level) + (gfn.Value & (page.Level.FrameCount() - 1)) : default);
    }
}
