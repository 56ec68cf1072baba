namespace GuestMemory.Rmp;

/// <content>The kernel's writes.</content>
public sealed partial class HostDirectMap
{
    /// <summary>Judges a write of the kernel's through the direct map, and handles its fault as the policy does. The bytes themselves are for <see cref="SnpPlatform.Write"/>.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="kind">What is written to.</param>
    public HostWriteResult Write(Pfn frame, HostDataKind kind)
    {
        if (!MappingOf(frame, out var size))
        {
            Counters = Counters with { NotPresentFaults = Counters.NotPresentFaults + 1 };
            return new(HostWriteOutcome.NotPresent);
        }

        var verdict = _platform.Check(RmpAccess.Host(AccessKind.Write, frame, size));
        if (verdict.IsAllowed)
        {
            return default;
        }

        Counters = Counters with { Faults = Counters.Faults + 1 };
        return new(HandleFault(frame, kind), verdict);
    }

    private HostWriteOutcome HandleFault(Pfn frame, HostDataKind kind)
    {
        if (_platform.Holds.AnyChanging(new(frame, 1)))
        {
            return HostWriteOutcome.Retry;
        }

        // What faults on an unassigned page is the size of its mapping.
        var wouldSplit = Policy.RepairsFaults && !_platform.Table.Resolve(frame).Assigned;
        if (!wouldSplit || !IsRepairable(kind))
        {
            return Die(kind, wouldSplit);
        }

        Split(frame);
        Counters = Counters with { Repairs = Counters.Repairs + 1 };
        return HostWriteOutcome.Repaired;
    }

    private static bool IsRepairable(HostDataKind kind) => kind is HostDataKind.PlainData or HostDataKind.Ghcb;

    // A handler that only reports needs no page table; one that splits faults in itself.
    private HostWriteOutcome Die(HostDataKind kind, bool wouldSplit)
    {
        switch (kind)
        {
            case HostDataKind.Stack:
                Counters = Counters with { DoubleFaults = Counters.DoubleFaults + 1 };
                return HostWriteOutcome.DoubleFault;
            case HostDataKind.DescriptorTable:
            case HostDataKind.PageTable when wouldSplit:
                Counters = Counters with { TripleFaults = Counters.TripleFaults + 1 };
                return HostWriteOutcome.TripleFault;
            default:
                Counters = Counters with { Oopses = Counters.Oopses + 1 };
                return HostWriteOutcome.Oops;
        }
    }
}
