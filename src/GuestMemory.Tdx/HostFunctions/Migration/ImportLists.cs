namespace GuestMemory.Tdx;

/// <summary>The lists beside an import's GPA list: R9 migration buffers, R13 pages to take. Source: tdx-module, tdh_import_mem.c.</summary>
internal static class ImportLists
{
    /// <summary>R13 when there is no list of pages.</summary>
    public const ulong None = ulong.MaxValue;

    /// <summary>Reads the entries that belong to a GPA list's entry.</summary>
    public static void Read(ref GpaEntryCall call, in TdxRegisters registers, int index)
    {
        call.Buffer = new(SharedPages.Read(call.State, new(registers.R9), index));
        call.HasNewPages = registers.R13 != None;
        call.NewPage = call.HasNewPages ? new(SharedPages.Read(call.State, new(registers.R13), index)) : new PageListEntry(None);
    }

    /// <summary>Tells the host that its page was not taken.</summary>
    public static void MarkUnused(in GpaEntryCall call, in TdxRegisters registers, int index) =>
        SharedPages.Write(call.State, new(registers.R13), index, call.NewPage.Invalid.Raw);
}
