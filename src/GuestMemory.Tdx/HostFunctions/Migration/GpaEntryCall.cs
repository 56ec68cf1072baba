namespace GuestMemory.Tdx;

/// <summary>One entry of a GPA list on its way through a call.</summary>
internal ref struct GpaEntryCall(ModuleState state, HostFunction function, Td td, GpaListEntry entry)
{
    // What the rules find, and what the commit leaves in the list.
    public GpaListEntry Entry = entry;
    public SeptPlace Place;
    public SeptEntry Sept;
    public bool HoldsEntry;
    public bool IsBusy;

    // An import's page: where its bytes come from, and where they go.
    public PageListEntry Buffer;
    public PageListEntry NewPage;
    public bool HasNewPages;

    public ModuleState State { get; } = state;

    public HostFunction Function { get; } = function;

    public Td Td { get; } = td;

    /// <summary>Whether the export has not begun its last phase.</summary>
    public readonly bool ExportsInOrder => Td.OpState is TdxOpState.LiveExport or TdxOpState.PausedExport;

    /// <summary>Whether the import has not begun its last phase.</summary>
    public readonly bool ImportsInOrder => Td.OpState is TdxOpState.MemoryImport or TdxOpState.StateImport;

    /// <summary>Writes the Secure EPT entry.</summary>
    public readonly void Write(SeptEntry entry) => Place.Page[Place.Index] = entry;
}
