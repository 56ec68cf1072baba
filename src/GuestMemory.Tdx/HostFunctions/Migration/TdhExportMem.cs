namespace GuestMemory.Tdx;

/// <summary>TDH.EXPORT.MEM: exports a list of 4K pages, or takes their export back. Source: tdx-module, tdh_export_mem.c.</summary>
/// <remarks>
/// Gates, the entries' states, counters and list are the module's. The stream is left out: R8, R9, R11, R12 and the stream's number in R10 are
/// taken to be right, nothing is written to buffers, no MAC is made, and RDX, which counts buffers, stays 0 (MB-70). An entry's status of
/// success is what the host wrote there.
/// </remarks>
internal static class TdhExportMem
{
    private const string Name = "TDH.EXPORT.MEM";
    private const string InOrder = "tdx-module, handle_export_in_order";

    private static readonly GpaListWork s_work = new(Name, Export,
    [
        .. GpaEntryChecks.WithCancel(Name),
        new(Name + "/entry-cancel-phase", "tdx-module, handle_export_out_of_order", "an export taken back that the other side may run from",
            CancelsLate, GpaEntryAnswer.Of(GpaEntryStatus.OpStateIncorrect), CheckClass.Integrity),
        new(Name + "/entry-cancel-state", InOrder, "an export taken back that was not made", CancelsNothing,
            GpaEntryAnswer.Of(GpaEntryStatus.EntryStateIncorrect), CheckClass.Integrity),
        new(Name + "/entry-clean", InOrder, "the same version exported twice", IsExportedAlready,
            GpaEntryAnswer.Of(GpaEntryStatus.EntryStateIncorrect), CheckClass.Integrity),
        new(Name + "/entry-writable", InOrder, "an export of a page the guest is writing", IsWritableWhileLive,
            GpaEntryAnswer.Of(GpaEntryStatus.EntryStateIncorrect), CheckClass.Security),
        new(Name + "/entry-tracked", InOrder, "an export of a page a vCPU can still write", IsNotTracked,
            GpaEntryAnswer.Of(GpaEntryStatus.TlbTrackingNotDone), CheckClass.Integrity),
    ]);

    /// <summary>The function. RCX list, RDX TD, R10 bit 63 whether it is resumed.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ExportMem, Name, s_work.Over, [.. GpaListChecks.Of(Name), GpaListChecks.Start(Name)])
    {
        EntryRules = s_work.Rules,
        Finish = MigrationAnswers.Finish,
    };

    private static void Export(ref GpaEntryCall call)
    {
        var (td, state) = (call.Td, call.Sept.State);
        call.Entry = call.Entry.Exported(state.IsPending());
        if (call.Entry.Operation == GpaListOperation.Cancel)
        {
            td.MigratedCount = unchecked(td.MigratedCount - 1);
            call.Write(MigrationStates.NotExported(call.Sept));
        }
        else
        {
            var again = call.ExportsInOrder && state.IsExportedDirty();
            call.Entry = call.Entry.With(again ? GpaListOperation.Remigrate : GpaListOperation.Migrate);
            td.MigratedCount += state.IsExported() ? 0u : 1u;
            call.Write(MigrationStates.Exported(call.Sept, call.State.Platform.Version));
        }

        td.DirtyCount = unchecked(td.DirtyCount - (state.IsExportedDirty() ? 1u : 0u));
    }

    private static bool Cancels(in GpaEntryCall call) => call.Entry.Operation == GpaListOperation.Cancel;

    private static bool CancelsLate(ref GpaEntryCall call) => Cancels(call) && !call.ExportsInOrder;

    private static bool CancelsNothing(ref GpaEntryCall call) => Cancels(call) && !call.Sept.State.IsExported();

    private static bool IsExportedAlready(ref GpaEntryCall call) =>
        !Cancels(call) && call.ExportsInOrder && call.Sept.State.IsExported() && !call.Sept.State.IsExportedDirty();

    private static bool IsWritableWhileLive(ref GpaEntryCall call) =>
        !Cancels(call) && call.Td.OpState == TdxOpState.LiveExport && !call.Sept.State.IsWriteBlocked();

    private static bool IsNotTracked(ref GpaEntryCall call) =>
        !Cancels(call) && call.Td.OpState == TdxOpState.LiveExport && !call.Td.IsTracked(call.Td.WriteBlockEpoch);
}
