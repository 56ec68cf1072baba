namespace GuestMemory.Rmp;

/// <summary>A page as the table stores it, and as it reads through its head: read here a second time, not by the table.</summary>
internal readonly record struct RmpPage(Pfn Frame, RmpEntry Own, RmpEntry Head, RmpEntry Resolved, bool IsCovered)
{
    public static RmpPage Of(ReverseMapTable table, Pfn frame) =>
        new(frame, table.Raw(frame), table.Raw(frame.AlignDown(PageSize.Size2M)), table.Resolve(frame), table.Coverage.Covers(frame));

    public bool IsHead => Frame.IsAligned(PageSize.Size2M);

    public bool IsInLarge => Head is { Assigned: true, Size: PageSize.Size2M };

    // Only a guest's address goes on with the pages of its 2M entry.
    public RmpEntry Entry => !IsInLarge ? Own : Head.Asid.IsGuest ? Head.Advanced(Frame.Value % ReverseMapTable.PagesPerBlock) : Head;

    public bool IsUnlike(in RmpPage other) => Own != other.Own || Entry != other.Entry;

    public override string ToString() => $"{Frame} is {Entry}{(IsInLarge && !IsHead ? $", stored as {Own}" : "")}";
}
