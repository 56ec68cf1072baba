namespace GuestMemory.Tdx;

/// <summary>Changed entries cut into pieces that were and are of one page each.</summary>
internal static class SeptPieces
{
    private const int WordsPerFrame = 512;

    public static IEnumerable<SeptPiece> Of(TdxStep step, SeptChange change)
    {
        var now = step.Module.FindTd(change.Tdr) is { } td ? SeptTrees.RootOf(td) : null;
        var old = step.Before.FindTd(change.Tdr)?.Root;
        var end = change.Gfn + change.Level.FrameCount();
        var isLarge = change.Level <= SeptLevel.Pdpt;
        for (var gfn = change.Gfn; isLarge && gfn < end;)
        {
            var (before, after) = (SeptTrees.Locate(old, gfn), SeptTrees.Locate(now, gfn));
            var level = before.Level < after.Level ? before.Level : after.Level;
            var frames = (level < change.Level ? level : change.Level).FrameCount();
            yield return new(gfn, before, after, frames);
            gfn += frames;
        }
    }

    public static bool IsZero(TdxModule module, SeptPiece piece)
    {
        Span<ulong> words = stackalloc ulong[WordsPerFrame];
        for (var offset = 0UL; offset < piece.Frames; offset++)
        {
            module.Memory.Contents.ReadWords(piece.Now.Frame + offset, words);
            if (words.ContainsAnyExcept(0UL))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsCopy(TdxModule module, SeptPiece piece)
    {
        Span<ulong> old = stackalloc ulong[WordsPerFrame];
        Span<ulong> now = stackalloc ulong[WordsPerFrame];
        module.Memory.Contents.ReadWords(piece.Old.Frame, old);
        module.Memory.Contents.ReadWords(piece.Now.Frame, now);
        return old.SequenceEqual(now);
    }
}
