using GuestMemory.Docs;

namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>The page types, and what changed them in the lives watched.</summary>
internal static class PageTypeTable
{
    public static IEnumerable<string> Lines(PageTypeWatch watch) => Markdown.Table(
        ["type", "number", "size", "becomes it by", "is free again by", "block epoch written by", "meaning"],
        from type in Enum.GetValues<PageType>()
        where type != PageType.Nda
        from size in SizesOf(watch, type)
        select new[]
        {
            ManualNames.Of(type), $"{(int)type}", size is { } known ? Name(known) : "4K",
            Functions(watch.Changes.Where(change => change.To == type && change.Size == size)),
            Functions(watch.Changes.Where(change => change.From == type && change.Size == size)),
            Functions(watch.Epochs.Where(change => change.To == type && change.Size == size)),
            ManualNames.MeaningOf(type),
        });

    private static IEnumerable<PageSize?> SizesOf(PageTypeWatch watch, PageType type) =>
        watch.Changes.Where(change => change.To == type).Select(change => (PageSize?)change.Size).Distinct().Order().DefaultIfEmpty();

    private static string Functions(IEnumerable<PageTypeChange> changes) =>
        string.Join(", ", changes.Select(change => change.Function).Distinct().Order().Select(ManualNames.Short));

    private static string Name(PageSize size) => size switch
    {
        PageSize.Size4K => "4K",
        PageSize.Size2M => "2M",
        _ => "1G",
    };
}
