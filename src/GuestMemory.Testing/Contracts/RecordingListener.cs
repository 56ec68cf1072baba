namespace GuestMemory.Testing;

/// <summary>A listener that remembers what it heard and answers as told.</summary>
internal sealed class RecordingListener : IBackingListener
{
    private readonly List<string> _heard = [];

    /// <summary>What it heard, in order.</summary>
    public IReadOnlyList<string> Heard => _heard;

    /// <summary>What it does at a begin, and its answer.</summary>
    public Func<MmuAnswer> OnBegin { get; init; } = static () => MmuAnswer.Done;

    /// <summary>The words for a begin.</summary>
    public static string Begin(PageIndexRange pages, KindFilter kinds) => $"begin {pages} {kinds}";

    /// <summary>The words for an end.</summary>
    public static string End(PageIndexRange pages) => $"end {pages}";

    /// <inheritdoc/>
    public MmuAnswer BeginInvalidate(IBackingStore store, PageIndexRange pages, KindFilter kinds)
    {
        _heard.Add(Begin(pages, kinds));
        return OnBegin();
    }

    /// <inheritdoc/>
    public void EndInvalidate(IBackingStore store, PageIndexRange pages) => _heard.Add(End(pages));
}
