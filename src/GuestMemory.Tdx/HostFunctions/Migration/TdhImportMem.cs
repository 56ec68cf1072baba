namespace GuestMemory.Tdx;

/// <summary>TDH.IMPORT.MEM: imports a list of 4K pages, again, or takes their import back. Source: tdx-module, tdh_import_mem.c.</summary>
/// <remarks>
/// Pages come from R13's list, or where that is all ones or has none from R9's list of buffers, in place. Stream, bundle and MACs are left out:
/// R8, R10, R11 and R12 are taken to be right, and what was exported is not known: an imported page reads as zero (MB-70).
/// </remarks>
internal static class TdhImportMem
{
    private const string Name = "TDH.IMPORT.MEM";
    private const string Source = "tdx-module, tdh_import_mem.c";

    private static readonly GpaListWork s_work = new(Name, ImportSteps.Commit, ImportChecks.Entry(Name), importsPages: true);

    /// <summary>The function. RCX list, RDX TD, R9 buffers, R10 bit 63 whether it is resumed, R13 pages.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ImportMem, Name, s_work.Over,
    [
        .. GpaListChecks.Of(Name, CheckClass.Security),
        new(Name + "/buffers", Source, "a list in private memory", HasWrongBuffers, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R9), CheckClass.Integrity),
        new(Name + "/new-pages", Source, "a list in private memory", HasWrongPages, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R13), CheckClass.Integrity),
        GpaListChecks.Start(Name),
    ])
    {
        EntryRules = s_work.Rules,
        Finish = MigrationAnswers.Finish,
    };

    private static bool HasWrongBuffers(ref HostCall call) => !SharedPages.Allows(call.State.Platform, call.Registers.R9, PageSize.Size4K.Bytes());

    private static bool HasWrongPages(ref HostCall call) =>
        call.Registers.R13 != ImportLists.None && !SharedPages.Allows(call.State.Platform, call.Registers.R13, PageSize.Size4K.Bytes());
}
