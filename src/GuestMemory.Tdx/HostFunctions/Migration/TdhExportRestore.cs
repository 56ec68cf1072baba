namespace GuestMemory.Tdx;

/// <summary>TDH.EXPORT.RESTORE: after an export was given up, makes a list of exported pages the guest's own again. Source: tdx-module, tdh_export_restore.c.</summary>
internal static class TdhExportRestore
{
    private const string Name = "TDH.EXPORT.RESTORE";

    private static readonly GpaListWork s_work = new(Name, Restore, GpaEntryChecks.WithoutCancel(Name));

    /// <summary>The function. RCX list, RDX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ExportRestore, Name, s_work.Over, GpaListChecks.Of(Name))
    {
        EntryRules = s_work.Rules,
        Finish = MigrationAnswers.Finish,
    };

    // The count of dirty pages stays: the next export begins it anew.
    private static void Restore(ref GpaEntryCall call)
    {
        call.Td.MigratedCount = unchecked(call.Td.MigratedCount - 1);
        call.Write(MigrationStates.NotExported(call.Sept));
        call.Entry = call.Entry.With(GpaEntryStatus.Success);
    }
}
