namespace GuestMemory.Rmp.Tests.Docs;

/// <summary>What a move did to a page.</summary>
internal sealed record PageChange(Move Move, Pfn Page, RmpEntry Before, RmpEntry After)
{
    /// <summary>What the page was; none where the table is built anew.</summary>
    public RmpPageState? From => Move.IsBeginning ? null : Before.State;

    public RmpPageState To => After.State;

    public bool IsWithinState => From == To;

    /// <summary>The move's operands, as this page sees them.</summary>
    public string With => Move.Source is { } source ? source == Page ? "source" : "destination" : Move.With;

    /// <summary>Whether the page is bound elsewhere, or otherwise, than before.</summary>
    public bool IsRebound => !Before.SamePlaceAs(After);

    /// <summary>The fields that do not make the state.</summary>
    public IEnumerable<string> Fields
    {
        get
        {
            if (Before.Size != After.Size)
            {
                yield return $"size {Name(Before.Size)} to {Name(After.Size)}";
            }

            if (Before.Asid != After.Asid)
            {
                yield return "ASID";
            }

            if (Before.Gpa != After.Gpa)
            {
                yield return "GPA";
            }

            if (Before.Vmsa != After.Vmsa)
            {
                yield return "VMSA";
            }

            if (Before.Permissions != After.Permissions)
            {
                yield return "VMPL masks";
            }
        }
    }

    private static string Name(PageSize size) => size == PageSize.Size4K ? "4K" : "2M";
}
