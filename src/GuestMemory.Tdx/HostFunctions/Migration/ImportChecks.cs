namespace GuestMemory.Tdx;

/// <summary>The rules of an import's entries. Most end the import: it is known to be wrong then. Source: tdx-module, tdh_import_mem.c.</summary>
internal static class ImportChecks
{
    private const string Source = "tdx-module, tdh_import_mem.c";
    private const string PageSource = "tdx-module, check_and_lock_explicit_private_hpa";

    /// <summary>All of them, in order.</summary>
    public static Check<GpaEntryCall, GpaEntryAnswer>[] Entry(string function) => [.. Found(function), .. FirstTime(function), .. Page(function), .. Again(function)];

    private static Check<GpaEntryCall, GpaEntryAnswer>[] Found(string function) =>
    [
        new(function + "/entry-form", Source, "an entry with reserved bits, or of a large page", GpaEntryChecks.IsMisformed, Abort(GpaEntryStatus.EntryInvalid, TdxStatusCode.OperandInvalid)),
        new(function + "/entry-skipped", Source, "work that was not asked for", GpaEntryChecks.IsNop, new(GpaEntryStatus.Skipped, GpaListEffect.Skip, default)),
        new(function + "/entry-private", Source, "shared memory in the private tree", GpaEntryChecks.IsNotPrivate, Abort(GpaEntryStatus.EntryInvalid, TdxStatusCode.OperandInvalid), CheckClass.Integrity),
        new(function + "/entry-walk", Source, "work on an entry that is not there", GpaEntryChecks.IsNotReached, InOrder(GpaEntryStatus.WalkFailed, TdxStatusCode.EptWalkFailed), CheckClass.Integrity),
        new(function + "/entry-busy", Source, "two processors changing one entry", GpaEntryChecks.IsEntryBusy, InOrder(GpaEntryStatus.EntryBusy, TdxStatusCode.OperandBusy), CheckClass.Integrity),
        new(function + "/entry-state", "tdx-module, Secure EPT state tables", "an entry made what it cannot become", GpaEntryChecks.IsStateWrong, InOrder(GpaEntryStatus.EntryStateIncorrect, TdxStatusCode.EptEntryStateIncorrect), CheckClass.Integrity),
        new(function + "/entry-phase", Source, "a page of the TD replaced while it runs", IsLate, new(GpaEntryStatus.OpStateIncorrect, GpaListEffect.Abort, TdxStatus.Of(TdxStatusCode.OpStateIncorrect)), CheckClass.Integrity),
        new(function + "/entry-buffer", Source, "bytes from private memory", HasNoBuffer, Abort(GpaEntryStatus.BufferNotAvailable, TdxStatusCode.OperandInvalid, TdxOperand.MigrationBufferListEntry), CheckClass.Integrity),
    ];

    private static Check<GpaEntryCall, GpaEntryAnswer>[] FirstTime(string function) =>
    [
        new(function + "/entry-free", Source, "a page of the TD that nothing leads to any more", IsThere, InOrder(GpaEntryStatus.EntryStateIncorrect, TdxStatusCode.EptEntryStateIncorrect), CheckClass.Security),
        new(function + "/entry-removed", Source, "a page that comes back after it was removed", IsRemovedSince, Abort(GpaEntryStatus.DisallowedImportOverRemoved, TdxStatusCode.DisallowedImportOverRemoved), CheckClass.Integrity),
        new(function + "/entry-place", Source, "a page from nowhere", HasNoPage, Abort(GpaEntryStatus.BufferNotAvailable, TdxStatusCode.OperandInvalid, TdxOperand.MigrationBufferListEntry), CheckClass.Integrity),
    ];

    private static Check<GpaEntryCall, GpaEntryAnswer>[] Page(string function) =>
    [
        new(function + "/new-page-form", Source, "an address that no page has", IsNewPageMisformed, Abort(GpaEntryStatus.NewPageNotAvailable, TdxStatusCode.OperandInvalid, TdxOperand.NewPageListEntry)),
        new(function + "/page-form", PageSource, "an address that no page has", IsPageMisformed, NoPage(TdxStatusCode.OperandInvalid)),
        new(function + "/page-range", PageSource, "a page outside the module's memory", IsPageOutside, NoPage(TdxStatusCode.OperandAddressRangeError), CheckClass.Security),
        new(function + "/page-busy", PageSource, "two processors taking one page", IsPageBusy, NoPage(TdxStatusCode.OperandBusy), CheckClass.Integrity),
        new(function + "/page-free", PageSource, "a page of two owners", IsPageUsed, NoPage(TdxStatusCode.PageMetadataIncorrect), CheckClass.Security),
    ];

    private static Check<GpaEntryCall, GpaEntryAnswer>[] Again(string function) =>
    [
        new(function + "/entry-imported", Source, "a page that never came replaced or taken back", IsNotThere, Abort(GpaEntryStatus.EntryStateIncorrect, TdxStatusCode.EptEntryStateIncorrect), CheckClass.Integrity),
        new(function + "/entry-page-busy", Source, "a page looked at while it goes", IsOwnPageBusy, Abort(GpaEntryStatus.PageBusy, TdxStatusCode.OperandBusy), CheckClass.Integrity),
        new(function + "/entry-epoch", Source, "two versions of a page in one epoch", IsOfThisEpoch, Abort(GpaEntryStatus.MigratedInCurrentEpoch, TdxStatusCode.MigratedInCurrentEpoch), CheckClass.Integrity),
        new(function + "/entry-pending", Source, "a page of the guest's taken back for it to accept", IsPendingOverMapped, Abort(GpaEntryStatus.EntryStateIncorrect, TdxStatusCode.ImportMismatch), CheckClass.Integrity),
    ];

    private static GpaEntryAnswer Abort(GpaEntryStatus status, TdxStatusCode code, TdxOperand operand = TdxOperand.GpaListEntry) => GpaEntryAnswer.Of(status, GpaListEffect.Abort, code, operand);

    private static GpaEntryAnswer InOrder(GpaEntryStatus status, TdxStatusCode code) => GpaEntryAnswer.Of(status, GpaListEffect.AbortInOrder, code);

    private static GpaEntryAnswer NoPage(TdxStatusCode code) => GpaEntryAnswer.Of(GpaEntryStatus.NewPageNotAvailable, GpaListEffect.AbortInOrder, code, TdxOperand.NewPageListEntry);

    private static bool Is(in GpaEntryCall call, GpaListOperation operation) => call.Entry.Operation == operation;

    private static bool IsLate(ref GpaEntryCall call) => !call.ImportsInOrder && !Is(call, GpaListOperation.Migrate);

    private static bool HasNoBuffer(ref GpaEntryCall call) => !Is(call, GpaListOperation.Cancel) && !call.Entry.IsPending
        && (call.Buffer.IsInvalid || !SharedPages.Allows(call.State.Platform, call.Buffer.Page.Value, PageSize.Size4K.Bytes()));

    private static bool IsThere(ref GpaEntryCall call) => Is(call, GpaListOperation.Migrate) && call.Sept.State is not (SeptEntryState.Free or SeptEntryState.Removed);

    private static bool IsRemovedSince(ref GpaEntryCall call) => Is(call, GpaListOperation.Migrate) && call.Sept.State == SeptEntryState.Removed
        && ImportSteps.RemovedIn(call.Sept) is { } epoch && epoch >= call.Td.MigrationEpoch;

    private static bool HasNoPage(ref GpaEntryCall call) => Is(call, GpaListOperation.Migrate) && call.NewPage.IsInvalid && call.Buffer.IsInvalid;

    private static bool IsNewPageMisformed(ref GpaEntryCall call) => Is(call, GpaListOperation.Migrate) && !call.NewPage.IsInvalid && !IsPage(call);

    private static bool IsPageMisformed(ref GpaEntryCall call) => Is(call, GpaListOperation.Migrate) && !IsPage(call);

    private static bool IsPage(in GpaEntryCall call) => ImportSteps.PageOf(call) is var page && page % PageSize.Size4K.Bytes() == 0 && page >> call.State.Platform.HkidShift == 0;

    private static bool IsPageOutside(ref GpaEntryCall call) => Is(call, GpaListOperation.Migrate) && !call.State.Pamt.IsKnown(ImportSteps.FrameOf(call));

    private static bool IsPageBusy(ref GpaEntryCall call)
    {
        var frame = ImportSteps.FrameOf(call);
        return Is(call, GpaListOperation.Migrate) && (frame == call.Td.Tdr || (call.State.Locks.Any && HeldPages.AreBusy(call.State, frame, PageSize.Size4K, exclusive: true)));
    }

    private static bool IsPageUsed(ref GpaEntryCall call) => Is(call, GpaListOperation.Migrate)
        && (call.State.Pamt.LookUp(ImportSteps.FrameOf(call), out var size).Type != PageType.Nda || size != PageSize.Size4K);

    private static bool IsNotThere(ref GpaEntryCall call) => !Is(call, GpaListOperation.Migrate) && call.Sept.State is not (SeptEntryState.Mapped or SeptEntryState.Pending);

    private static bool IsOwnPageBusy(ref GpaEntryCall call) => Is(call, GpaListOperation.Cancel) && call.Sept.IsLeaf
        && call.State.Locks.IsBusy(HeldLock.Pamt(PageSize.Size4K, call.Sept.Page(SeptLevel.Pt)), exclusive: true);

    private static bool IsOfThisEpoch(ref GpaEntryCall call) => !Is(call, GpaListOperation.Migrate) && call.Sept.IsLeaf
        && unchecked((uint)call.State.Pamt[PageSize.Size4K, call.Sept.Page(SeptLevel.Pt)].Bepoch) >= call.Td.MigrationEpoch;

    private static bool IsPendingOverMapped(ref GpaEntryCall call) => Is(call, GpaListOperation.Remigrate) && call.Entry.IsPending && call.Sept.State != SeptEntryState.Pending;
}
