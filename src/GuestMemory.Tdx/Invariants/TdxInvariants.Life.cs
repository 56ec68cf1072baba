namespace GuestMemory.Tdx;

/// <content>Epochs, keys, life cycle, and what a failed call leaves.</content>
public static partial class TdxInvariants
{
    private static void ScanEpochs(TdxScan scan)
    {
        foreach (var td in scan.Module.Tds)
        {
            var (even, odd) = (0U, 0U);
            foreach (var vcpu in td.Vcpus.Where(static vcpu => vcpu.IsInside))
            {
                even += (vcpu.Epoch & 1) == 0 ? 1U : 0;
                odd += (vcpu.Epoch & 1) == 0 ? 0U : 1;
                if (vcpu.Epoch != td.Epoch && vcpu.Epoch + 1 != td.Epoch)
                {
                    scan.Findings.Report(vcpu, $"it is inside since epoch {vcpu.Epoch}, and the TD is in {td.Epoch}");
                }
            }

            if ((even, odd) != (td.EvenReferences, td.OddReferences))
            {
                scan.Findings.Report(td, $"it counts {td.EvenReferences} and {td.OddReferences} vCPUs, and {even} and {odd} are inside");
            }
        }
    }

    private static void CheckEpochs(TdxStep step)
    {
        foreach (var td in step.Module.Tds)
        {
            if (step.FactsBefore(td.Tdr) is { } before && td.Epoch < before.Epoch)
            {
                step.Findings.Report(td, $"its epoch went from {before.Epoch} to {td.Epoch}");
            }
        }
    }

    private static void ScanKeys(TdxScan scan)
    {
        foreach (var hkid in KeyShadow.All(scan.Module.Platform))
        {
            if (scan.Module.Tds.FirstOrDefault(td => td.Lifecycle != TdLifecycle.Teardown && !scan.Module.Platform.IsPrivate(td.Hkid.Value)) is { } exposed)
            {
                scan.Findings.Report(exposed, $"it runs under {exposed.Hkid}, which is the host's");
            }

            var users = scan.Module.Tds.Count(td => td.Hkid == hkid && td.Lifecycle != TdLifecycle.Teardown);
            var (state, pending) = (scan.Module.Keys[hkid], scan.Module.Keys.PendingWriteBacks(hkid));
            if (users > 1 || (state == HkidState.Free && (users > 0 || pending != 0)))
            {
                scan.Findings.Report(hkid, $"it is {state}, {users} TDs use it, and the packages 0x{pending:x} have not written back");
            }
        }
    }

    private static void CheckKeys(TdxStep step)
    {
        var (before, index) = (step.Before.Keys, 0);
        foreach (var hkid in KeyShadow.All(step.Module.Platform))
        {
            var (old, now) = (before.States[index], step.Module.Keys[hkid]);
            var (oldPending, nowPending) = (before.Pending[index], step.Module.Keys.PendingWriteBacks(hkid));
            var isRight = (old, now) switch
            {
                (HkidState.Assigned, HkidState.Free) or (HkidState.Reserved, not HkidState.Reserved) => false,
                (HkidState.Flushed, HkidState.Free) => oldPending == 0,
                (HkidState.Assigned, HkidState.Flushed) => !step.Module.Tds.Any(td => td.Hkid == hkid && td.Lifecycle != TdLifecycle.Teardown && (td.AssociatedVcpus > 0 || td.Vcpus.Any(static vcpu => vcpu.IsInside))),
                (HkidState.Flushed, HkidState.Flushed) => IsWrittenBack(step, index, oldPending & ~nowPending),
                _ => true,
            };
            if (!isRight)
            {
                step.Findings.Report(hkid, $"{step.Operation} made it {now} of {old}, packages to write back 0x{nowPending:x} of 0x{oldPending:x}");
            }

            index++;
        }
    }

    // A package is done with a key only by a write-back that began after the key was flushed.
    private static bool IsWrittenBack(TdxStep step, int index, uint packages)
    {
        for (var package = 0; packages >> package != 0; package++)
        {
            if ((packages >> package & 1) != 0 && !(step.Is(TdxFunction.PhymemCacheWb) && step.Before.Keys.BegunWith(index, package)))
            {
                return false;
            }
        }

        return true;
    }

    // All functions that name a TD or vCPU but those that give and take its key.
    private static bool NeedsKey(in TdxOperation operation) => operation.Kind == TdxOperationKind.HostCall && operation.Function is not (
        TdxFunction.MngCreate or TdxFunction.MngKeyConfig or TdxFunction.MngVpFlushDone or TdxFunction.MngKeyFreeid or TdxFunction.MngKeyReclaimid or TdxFunction.SysTdmrInit
        or TdxFunction.PhymemPageRdmd or TdxFunction.PhymemPageReclaim or TdxFunction.PhymemPageWbinvd or TdxFunction.PhymemCacheWb or TdxFunction.PhymemPamtAdd or TdxFunction.PhymemPamtRemove);

    private static void CheckLifecycle(TdxStep step)
    {
        foreach (var change in step.SeptChanges)
        {
            if (step.FactsBefore(change.Tdr) is { Lifecycle: not TdLifecycle.KeysConfigured } td)
            {
                step.Findings.Report(change, $"{step.Operation} changed the tree of a TD that is {td.Lifecycle}");
            }
        }

        if (!step.IsRefused && step.Named() is { Lifecycle: not TdLifecycle.KeysConfigured } before && NeedsKey(step.Operation))
        {
            step.Findings.Report(before, $"{step.Operation} worked on a TD that is {before.Lifecycle}");
        }

        foreach (var change in step.PamtChanges)
        {
            var owner = change.Old.Type == PageType.Tdr ? change.Frame : change.Old.Owner;
            if (step.Is(TdxFunction.PhymemPageReclaim) && change.Old.IsUsed && step.FactsBefore(owner) is { Lifecycle: not TdLifecycle.Teardown } td)
            {
                step.Findings.Report(change, $"{step.Operation} took {change.Old} from a TD that is {td.Lifecycle}");
            }
        }
    }
}
