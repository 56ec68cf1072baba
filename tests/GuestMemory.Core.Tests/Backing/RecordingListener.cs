namespace GuestMemory.Tests;

/// <summary>Writes down what it hears of a store, and whether the pages were still held then.</summary>
/// <param name="verdict">What it answers.</param>
internal sealed class RecordingListener(MmuVerdict verdict = MmuVerdict.Done) : IBackingListener
{
    public List<string> Heard { get; } = [];

    public MmuAnswer BeginInvalidate(IBackingStore store, PageIndexRange pages, KindFilter kinds)
    {
        Heard.Add($"begin {pages.Start.Value}+{pages.Count} {kinds}, held {Held(store, pages)}");
        return new(verdict, default);
    }

    public void EndInvalidate(IBackingStore store, PageIndexRange pages) =>
        Heard.Add($"end {pages.Start.Value}+{pages.Count}, held {Held(store, pages)}");

    private static int Held(IBackingStore store, PageIndexRange pages)
    {
        var held = 0;
        for (var page = pages.Start; page < pages.End; page += 1)
        {
            held += ((BackingStore)store).TryLookUp(page, out _) ? 1 : 0;
        }

        return held;
    }
}
