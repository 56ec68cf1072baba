namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>A function called on an entry in a state.</summary>
/// <param name="Function">The function.</param>
/// <param name="From">The state before.</param>
/// <param name="OpState">The TD's op state.</param>
/// <param name="Level">The entry's level.</param>
/// <param name="Operation">Of a function with a GPA list, what the list asks for.</param>
/// <param name="IsPending">Whether the list's entry, or a table's pages, are pending.</param>
internal sealed record StateRun(TdxFunction Function, SeptEntryState From, TdxOpState OpState, SeptLevel Level, GpaListOperation Operation, bool IsPending)
{
    /// <summary>The state after; none when the function was refused.</summary>
    public SeptEntryState? To { get; init; }

    /// <summary>Whether it was refused because the TD may run and the entry was not blocked.</summary>
    public bool NeedsBlock { get; init; }

    /// <summary>What besides the state decides what becomes of it, as far as it varies.</summary>
    public string With => Function switch
    {
        TdxFunction.ImportMem when Operation != GpaListOperation.Cancel => IsPending ? "listed as pending" : "listed as accepted",
        TdxFunction.ImportMem or TdxFunction.ExportMem when Operation == GpaListOperation.Cancel => "CANCEL",
        TdxFunction.MemPagePromote => IsPending ? "pages pending" : "pages accepted",
        TdxFunction.MemPageRemove => OpState.ImportInProgress() ? "in an import" : "",
        _ => "",
    };
}
