namespace GuestMemory.Rmp;

/// <content>What operations may do.</content>
public static partial class RmpInvariants
{
    private static void CheckImmutable(RmpStep step)
    {
        foreach (var change in step.Changes)
        {
            if (!step.IsFirmware && (change.Old.Entry.Immutable || change.Old.Own.Immutable))
            {
                step.Report($"{step.Operation.Kind} changed an immutable entry: {change}");
            }
        }
    }

    private static void CheckBytes(RmpStep step)
    {
        var isWrite = step.Operation.Kind == SnpOperationKind.Write && step.IsDone;
        if (isWrite && IsProtected(step) && !step.Operation.Access.IsPrivate && RmpPage.Of(step.Table, step.Operation.Access.Frame).Entry.Assigned)
        {
            step.Report($"{step.Operation.Access} went through to a page that is {step.Table.Resolve(step.Operation.Access.Frame)}");
        }

        if (!isWrite && !step.IsFirmware && step.ChangesBytes)
        {
            step.Report($"{step.Operation} changed bytes, or they changed outside the platform's operations");
        }
    }

    // Devices go unchecked between a shutdown and the next beginning, when the firmware has no guests.
    private static bool IsProtected(RmpStep step) =>
        step.Platform.IsOn && (step.Operation.Access.Accessor != RmpAccessor.Device || step.Platform.Firmware.State == SnpPlatformState.Init);

    private static void CheckPrivateAccess(RmpStep step)
    {
        CheckOwnInstruction(step);
        if (!step.IsPrivateAccess)
        {
            return;
        }

        var access = step.Operation.Access;
        var page = RmpPage.Of(step.Table, access.Frame);
        var isRight = page is { IsCovered: true, Entry: { Assigned: true, Validated: true, Immutable: false } }
            && page.Entry.Asid == access.Asid && page.Entry.Gpa.Frame == access.Gpa.Frame;
        if (!isRight)
        {
            step.Report($"{access} went through to a page that is {page.Entry}");
        }
    }

    // PVALIDATE and RMPADJUST reach a page as a private read does.
    private static void CheckOwnInstruction(RmpStep step)
    {
        foreach (var change in step.Changes)
        {
            if (step.IsGuestInstruction && (change.Old.Entry.Asid != step.Operation.Cpu.Asid || !change.Old.IsCovered))
            {
                step.Report($"{step.Operation.Kind} of {step.Operation.Cpu} changed a page that is not its own: {change}");
            }
        }
    }

    private static void CheckLastWrite(RmpStep step)
    {
        if (step.IsPrivateAccess && step.Operation.Kind == SnpOperationKind.Read && step.Memory.Bytes.Differs(step.Operation) is { } at)
        {
            step.Report($"{step.Operation.Access} gave 0x{step.Operation.Value:x}, which is not what the guest wrote last at byte {at} of the page");
        }
    }

    private static void CheckInUse(RmpStep step)
    {
        foreach (var change in step.Changes)
        {
            if (!step.IsGuestInstruction && !step.BuildsTable && step.Platform.Holds.AnyInUse(new(change.Frame, 1)))
            {
                step.Report($"{step.Operation.Kind} changed the entry of a page in use: {change}");
            }
        }
    }

    private static void CheckMetadata(RmpStep step)
    {
        foreach (var (old, now) in step.Changes)
        {
            var isNew = now.Entry.State == RmpPageState.Metadata && (old.Entry.State != RmpPageState.Metadata || old.Entry.Gpa != now.Entry.Gpa);
            if (isNew && step.Table.StateOf(new(now.Entry.Gpa.Frame.Value)) != RmpPageState.Context)
            {
                step.Report($"{now} names as its context a page that is none");
            }

            var isLost = old.Entry.State == RmpPageState.Context && now.Entry.State != RmpPageState.Context;
            if (isLost && !(step.Command == SevCommand.Decommission || step.BuildsTable))
            {
                step.Report($"{step.Operation} ended a context: {old}");
            }
        }
    }

    private static void CheckSplit(RmpStep step)
    {
        var isSplit = step.Operation.Kind == SnpOperationKind.Psmash || step.Command == SevCommand.PageUnsmash;
        foreach (var change in step.Changes)
        {
            if (isSplit && !IsSamePage(change.Old.Entry, change.New.Entry))
            {
                step.Report($"{step.Operation.Kind} changed more than a size: {change}");
            }
        }

        if (isSplit && step.ChangesBytes)
        {
            step.Report($"{step.Operation} changed bytes");
        }
    }

    // A page that is no guest's has no guest address to keep.
    private static bool IsSamePage(in RmpEntry old, in RmpEntry now)
    {
        var asOld = now with { Size = old.Size };
        return asOld == old || (!old.Asid.IsGuest && (asOld with { Gpa = old.Gpa }) == old);
    }

    private static void CheckRefused(RmpStep step)
    {
        var mayChange = step.IsDone && step.Operation.Kind is
            SnpOperationKind.RmpUpdate or SnpOperationKind.Psmash or SnpOperationKind.Pvalidate or SnpOperationKind.RmpAdjust or SnpOperationKind.Firmware;
        if (!mayChange && step.Changes.Count > 0 && !IsHalfDone(step))
        {
            step.Report($"{step.Operation} changed an entry: {step.Changes[0]}");
        }
    }

    // SHUTDOWN_EX that ends in DFFLUSH_REQUIRED has taken the IOMMU's buffers already (snp-abi, 8.15).
    private static bool IsHalfDone(RmpStep step) =>
        step.Command == SevCommand.ShutdownEx
        && step.Changes.All(change => change.Old.Entry.IommuBuffer && change.New.Entry.State == RmpPageState.Reclaim);
}
