namespace GuestMemory.Tdx;

/// <content>What operations may do to a TD's memory.</content>
public static partial class TdxInvariants
{
    private static void CheckTracking(TdxStep step)
    {
        if (step.Operation.IsStale)
        {
            step.Findings.Report(step.Operation.Vcpu, $"{step.Operation} went to a page that had left the tree");
        }

        (Gfn Gfn, SeptLevel Level, Pfn Tdr)? above = null;
        foreach (var change in step.SeptChanges)
        {
            if (PageKey.Of(change.Old, change.Level) is not { } page || PageKey.Of(change.Now, change.Level) == page)
            {
                continue;
            }

            // What lies below a table that goes, or becomes a page, was stopped with it.
            var isBelow = above is { } table && table.Tdr == change.Tdr && change.Level < table.Level && change.Gfn - table.Gfn < table.Level.FrameCount();
            above = isBelow ? above : (change.Gfn, change.Level, change.Tdr);
            if (!isBelow && !MayLeave(step, change, page))
            {
                step.Findings.Report(change, $"{step.Operation} took away {change.Old}");
            }
        }
    }

    private static bool MayLeave(TdxStep step, SeptChange change, PageKey page) =>
        step.FactsBefore(change.Tdr) is not { } td
        || !td.OpState.RequiresTracking()
        || !change.Old.State.RequiresTracking(step.Module.Platform.Version)
        || (change.Old.State.IsBlocked() && td.IsTracked(step.Before.Pamt[page.Size, page.Frame].Bepoch));

    // What a guest gets to read of its own memory: accepted, and written by itself.
    private static void CheckRead(TdxStep step)
    {
        var operation = step.Operation;
        if (operation is not { Kind: TdxOperationKind.GuestAccess, Guest.Event: GuestEvent.Ok, IsStale: false } || step.Module.FindVcpu(operation.Vcpu)?.Td is not { } td
            || !td.IsPrivate(operation.Registers.Rcx))
        {
            return;
        }

        var hit = SeptTrees.Locate(SeptTrees.RootOf(td), new Gpa(operation.Registers.Rcx).Frame);
        if (hit.IsLeaf && !hit.IsAccepted)
        {
            step.Findings.Report(operation.Vcpu, $"{operation} reached a page that is {hit}");
        }

        var at = hit.Frame.Address + (operation.Registers.Rcx & 0xfff);
        if (hit.IsLeaf && operation.Registers.R8 == 0 && step.Module.Memory.IsBroken(at, (int)operation.Registers.R9, step.Module.Keys.KeyOf(td.Hkid)))
        {
            step.Findings.Report(operation.Vcpu, $"{operation} read bytes the TD did not write");
        }
    }

    private static void CheckReadable(TdxStep step)
    {
        CheckRead(step);
        foreach (var change in step.SeptChanges)
        {
            foreach (var piece in SeptPieces.Of(step, change))
            {
                if (piece.Now.IsAccepted && !(piece.IsSamePage && piece.Old.IsLeaf) && !MayAppear(step, change.Tdr, piece))
                {
                    step.Findings.Report(piece.Gfn, $"{step.Operation} made {piece.Now} readable for TD {change.Tdr}");
                }

                if (piece.IsSamePage && piece.WasAccepted && step.Is(TdxFunction.GuestPageAccept) && !SeptPieces.IsZero(step.Module, piece))
                {
                    step.Findings.Report(piece.Gfn, $"{step.Operation} accepted bytes that are not zero");
                }
            }
        }
    }

    private static bool MayAppear(TdxStep step, Pfn tdr, in SeptPiece piece) => step.Operation.Function switch
    {
        _ when step.Operation.Kind != TdxOperationKind.HostCall => false,
        TdxFunction.MemPageAdd => step.FactsBefore(tdr) is { OpState: TdxOpState.Initialized },
        TdxFunction.MemPageRelocate => piece.Old.IsAccepted && SeptPieces.IsCopy(step.Module, piece),
        TdxFunction.ImportMem => step.FactsBefore(tdr) is { } td && td.OpState.ImportInProgress(),
        _ => false,
    };

    private static void CheckAccepted(TdxStep step)
    {
        foreach (var change in step.SeptChanges)
        {
            foreach (var piece in SeptPieces.Of(step, change))
            {
                var isImport = step.Is(TdxFunction.ImportMem);
                if (piece.IsSamePage && piece.WasAccepted && !isImport && !step.IsAcceptOf(change.Tdr))
                {
                    step.Findings.Report(piece.Gfn, $"{step.Operation} made {piece.Old} accepted");
                }
            }
        }
    }

    private static void CheckResized(TdxStep step)
    {
        if (!step.Is(TdxFunction.MemPageDemote) && !step.Is(TdxFunction.MemPagePromote))
        {
            return;
        }

        foreach (var change in step.SeptChanges)
        {
            foreach (var piece in SeptPieces.Of(step, change))
            {
                if (piece.Old.IsLeaf != piece.Now.IsLeaf || (piece.Old.IsLeaf && (!piece.IsSamePage || piece.Old.IsAccepted != piece.Now.IsAccepted)))
                {
                    step.Findings.Report(piece.Gfn, $"{step.Operation} made {piece.Now} of {piece.Old}");
                }
            }
        }
    }

    private static void CheckWriteBlocks(TdxStep step)
    {
        foreach (var change in step.SeptChanges)
        {
            var isOpened = change.Old.State.IsWriteBlocked() && !change.Old.State.IsPending() && (change.Old.Rights & 2) == 0
                && PageKey.Of(change.Now, change.Level) == PageKey.Of(change.Old, change.Level) && (change.Now.Rights & 2) != 0;
            if (isOpened && !(step.Is(TdxFunction.ExportUnblockw) || step.Is(TdxFunction.ExportMem) || step.Is(TdxFunction.ExportRestore)))
            {
                step.Findings.Report(change, $"{step.Operation} made {change.Now} of {change.Old}");
            }

            // Q5 is of exports while the TD stands still.
            var isWritable = change.Now is { State: SeptEntryState.ExportedBlockedWrite, Rights: SeptEntry.ReadWriteExecute };
            if (isWritable && change.Old.State != change.Now.State && step.FactsBefore(change.Tdr) is not { OpState: TdxOpState.PausedExport or TdxOpState.PostExport })
            {
                step.Findings.Report(change, $"{step.Operation} exported {change.Old}, which the guest is writing");
            }
        }

        var operation = step.Operation;
        if (operation is { Kind: TdxOperationKind.GuestAccess, Guest.Event: GuestEvent.Ok, Registers.R8: 1 } && step.Module.FindVcpu(operation.Vcpu) is { } vcpu)
        {
            var hit = SeptTrees.Locate(SeptTrees.RootOf(vcpu.Td), new Gpa(operation.Registers.Rcx).Frame);
            if (vcpu.Td.IsPrivate(operation.Registers.Rcx) && hit.Entry is { State: SeptEntryState.ExportedBlockedWrite, Rights: SeptEntry.ReadExecute })
            {
                step.Findings.Report(vcpu, $"{operation} wrote a page that is {hit}");
            }
        }
    }
}
