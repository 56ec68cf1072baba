namespace GuestMemory.Tdx;

/// <content>What a call that fails may leave: a host's priority, bytes of a free page, where a write-back was interrupted, and what is named here.</content>
public static partial class TdxInvariants
{
    private const ulong FatalBit = 1UL << 61;

    private static void CheckRefused(TdxStep step)
    {
        if (!step.IsRefused || IsHalfList(step))
        {
            return;
        }

        foreach (var change in step.SeptChanges.Where(static change => change.IsMoreThanPriority))
        {
            step.Findings.Report(change, $"{step.Operation} made {change.Now} of {change.Old}");
        }

        foreach (var change in step.PamtChanges)
        {
            step.Findings.Report(change, $"{step.Operation} made {change.Now} of {change.Old}");
        }

        CheckRefusedTds(step);
        CheckRefusedBytes(step);
    }

    private static void CheckRefusedTds(TdxStep step)
    {
        var isSame = step.Before.Tds.Count == step.Module.Tds.Count && step.Module.Tds.All(td => IsSame(step, td));
        if (!isSame || (!step.Before.Keys.IsLike(step.Module.State) && !step.Is(TdxFunction.PhymemCacheWb)))
        {
            step.Findings.Report("TDs and keys", $"{step.Operation} changed one");
        }
    }

    private static void CheckRefusedBytes(TdxStep step)
    {
        var mayDiffer = step.SeptChanges.Count > 0 || IsFailedImport(step) || step.Is(TdxFunction.PhymemCacheWb) || step.Is(TdxFunction.VpEnter);
        if (step.Before.Bytes.Length > 0 && !mayDiffer && !step.Before.Bytes.AsSpan().SequenceEqual(ModuleShadow.BytesOf(step.Module)))
        {
            step.Findings.Report("state", $"{step.Operation} changed it");
        }

        var operands = step.Operation.Registers;
        var page = new Spa(step.Is(TdxFunction.MngAddcx) ? operands.Rcx : operands.R8).Frame;
        if (step.Before.ContentsRevision != step.Module.Memory.Contents.Revision && step.Module.Pamt.LookUp(page, out _).Type != PageType.Nda)
        {
            step.Findings.Report(page, $"{step.Operation} changed bytes");
        }
    }

    // An import that fails leaves the TD failed; VP.ENTER's last checks come after the vCPU was associated.
    private static bool IsSame(TdxStep step, Td td)
    {
        if (step.Before.FindTd(td.Tdr) is not { } before)
        {
            return false;
        }

        var facts = TdFacts.Of(td);
        facts = IsFailedImport(step) ? facts with { OpState = before.Facts.OpState, MigrationEpoch = before.Facts.MigrationEpoch } : facts;
        var vcpus = td.Vcpus.Select(VcpuFacts.Of);
        vcpus = step.Is(TdxFunction.VpEnter) ? vcpus.Zip(before.Vcpus, static (now, old) => old.Processor is null ? now with { Processor = null } : now) : vcpus;
        return facts == before.Facts && before.Vcpus.AsSpan().SequenceEqual(vcpus.ToArray());
    }

    private static bool IsFailedImport(TdxStep step) =>
        IsImport(step.Operation) && (step.Operation.Result.Status.Value & FatalBit) != 0 && step.Operation.Result.Status.Code != TdxStatusCode.TdFatal;

    private static bool IsImport(in TdxOperation operation) =>
        operation is { Kind: TdxOperationKind.HostCall, Function: >= TdxFunction.ImportAbort and <= TdxFunction.ImportStateImmutable };

    // A list is done entry by entry: what stopped it stands after those that are done.
    private static bool IsHalfList(TdxStep step) => step.Operation is
    {
        Kind: TdxOperationKind.HostCall,
        Function: TdxFunction.ExportBlockw or TdxFunction.ExportMem or TdxFunction.ExportRestore or TdxFunction.ImportMem,
        Result.DecidedBy: not Check<HostCall, TdxAnswer>,
    };
}
