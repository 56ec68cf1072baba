namespace GuestMemory.Tdx;

/// <summary>TDH.EXPORT.UNBLOCKW: lets the guest write a page again; one that was exported is dirty from then on. Source: tdx-module, tdh_export_unblockw.c.</summary>
internal static class TdhExportUnblockw
{
    private const string Name = "TDH.EXPORT.UNBLOCKW";

    /// <summary>The function. RCX guest address and level 0, RDX TD.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.ExportUnblockw, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. SeptChecks.Entry(Name).Select(WithoutInfo),
        SeptChecks.State(Name),
    ]);

    // A held lock of the entry is answered without entry information here.
    private static Check<HostCall, TdxAnswer> WithoutInfo(Check<HostCall, TdxAnswer> check) => check.Answer.Residue == AnswerResidue.None
        ? check
        : new(check.Id, check.Source, check.Stops, check.Refuses, check.Answer with { Registers = AnswerRegisters.Zero }, check.Class);

    private static void Commit(ref HostCall call)
    {
        if (!call.Place.Exists || call.Td is not { } td)
        {
            return;
        }

        td.DirtyCount += call.Entry.State.IsExported() && !call.Entry.State.IsExportedDirty() ? 1u : 0u;
        SeptSteps.Write(ref call, MigrationStates.WriteUnblocked(call.Entry));
    }
}
