namespace GuestMemory.Tdx;

/// <summary>TDH.EXPORT.BLOCKW: blocks a list of 4K pages for writing, to be exported while the TD runs. Source: tdx-module, tdh_export_blockw.c.</summary>
internal static class TdhExportBlockw
{
    private const string Name = "TDH.EXPORT.BLOCKW";

    private static readonly GpaListWork s_work = new(Name, Block, GpaEntryChecks.WithoutCancel(Name));

    /// <summary>The function. RCX list, RDX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ExportBlockw, Name, s_work.Over, GpaListChecks.Of(Name))
    {
        EntryRules = s_work.Rules,
        Finish = MigrationAnswers.Finish,
    };

    private static void Block(ref GpaEntryCall call)
    {
        call.Write(MigrationStates.WriteBlocked(call.Sept));
        call.Td.WriteBlockEpoch = call.Td.Epoch;
        call.Entry = call.Entry.With(GpaEntryStatus.Success);
    }
}
