namespace GuestMemory.Kvm;

/// <content>madvise(2).</content>
public sealed partial class KvmHost
{
    private static readonly Rule s_adviceRefused = new("madvise/refused", "kvm-recordings, FINDINGS 22", "advice the mapping cannot follow");
    private static readonly Rule s_poisonedPage = new("madvise/hwpoison", "kvm-recordings, FINDINGS 18", "a broken page that cannot be let go");
    private static readonly Rule s_poisonFault = new("madvise/hwpoison-fault", "kvm-recordings, p15 poison_untouched_and_soft", "breaking a page that is not there");

    /// <summary>madvise(2).</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">Bytes; rounded up to whole pages.</param>
    /// <param name="advice">The advice.</param>
    /// <param name="signalled">Whether the process got SIGBUS (BUS_MCEERR_AR) during the call.</param>
    public KvmResult Madvise(ulong address, ulong length, MemoryAdvice advice, out bool signalled)
    {
        signalled = false;
        if ((address & 0xfff) != 0)
        {
            return new(Errno.EINVAL, s_addressAlignment);
        }

        if (DoesWrap(address, length))
        {
            return new(Errno.EINVAL, s_wrap);
        }

        var pages = PagesOf(address, length);
        return advice switch
        {
            MemoryAdvice.HwPoison => PoisonPages(pages, out signalled),
            MemoryAdvice.SoftOffline => SoftOffline(pages),
            MemoryAdvice.PopulateRead => Prefault(pages, AccessKind.Read),
            MemoryAdvice.PopulateWrite => Prefault(pages, AccessKind.Write),
            _ => AdviseAreas(pages, advice),
        };
    }

    private KvmResult AdviseAreas(PageIndexRange pages, MemoryAdvice advice)
    {
        var hole = false;
        var at = pages.Start;
        while (at < pages.End)
        {
            if (!TryNextArea(at, pages.End, out var run))
            {
                return new(Errno.ENOMEM, s_notMapped);
            }

            hole |= run.Start > at.Value;
            at = new(run.Start);
            var errno = AdviseArea(PageIndexRange.FromBounds(at, new(run.End)), run.Value, advice);
            if (errno != Errno.OK)
            {
                return new(errno, s_adviceRefused);
            }

            at = new(run.End);
        }

        return hole ? new(Errno.ENOMEM, s_notMapped) : default;
    }

    private Errno AdviseArea(PageIndexRange pages, in HostArea area, MemoryAdvice advice)
    {
        switch (advice)
        {
            case MemoryAdvice.DontNeed when area.IsLocked:
                return Errno.EINVAL;
            case MemoryAdvice.DontNeed:
                Process.Discard(pages);
                return Errno.OK;
            case MemoryAdvice.Free when area.IsShared:
                return Errno.EINVAL;
            case MemoryAdvice.Free:
                Process.LetGo(pages);
                return Errno.OK;
            case MemoryAdvice.Remove:
                return Remove(pages, area);
            case MemoryAdvice.Mergeable or MemoryAdvice.Unmergeable:
                return Host.SamePageMerging ? Errno.OK : Errno.EINVAL;
            case MemoryAdvice.Collapse:
                return Errno.EINVAL;
            case MemoryAdvice.WipeOnFork:
                return area.IsShared ? Errno.EINVAL : Errno.OK;
            default:
                return Errno.OK;
        }
    }

    private Errno Remove(PageIndexRange pages, in HostArea area)
    {
        if (area.IsLocked || !area.IsShared)
        {
            return Errno.EINVAL;
        }

        if (!area.Rights.HasFlag(HostRights.Write))
        {
            return Errno.EACCES;
        }

        return Freed(Machine.Store(area.Store).Punch(new(area.Index, pages.Count))).Errno;
    }

    private KvmResult Prefault(PageIndexRange pages, AccessKind access)
    {
        for (var page = pages.Start; page < pages.End; page += 1)
        {
            var fault = Process.Touch(page, access, out _);
            if (fault != HostFault.None)
            {
                return fault switch
                {
                    HostFault.NotMapped => new(Errno.ENOMEM, s_notMapped),
                    HostFault.NotPermitted => new(Errno.EINVAL, s_adviceRefused),
                    HostFault.Poisoned => new(Errno.EHWPOISON, s_populateFault),
                    HostFault.OutOfFrames => new(Errno.ENOMEM, s_populateFault),
                    _ => new(Errno.EFAULT, s_populateFault),
                };
            }
        }

        return default;
    }

    private KvmResult SoftOffline(PageIndexRange pages)
    {
        for (var page = pages.Start; page < pages.End; page += 1)
        {
            if (Process.Touch(page, AccessKind.Read, out _) != HostFault.None)
            {
                return new(Errno.EFAULT, s_poisonFault);
            }

            Process.TryGetArea(page, out var area);
            var moved = Machine.Store(area.Store).Move(area.Index);
            if (!moved.IsSuccess)
            {
                return KvmResult.Refused(moved, (CoreStatus)moved.Code == CoreStatus.OutOfFrames ? Errno.ENOMEM : Errno.EBUSY);
            }
        }

        return default;
    }

    private KvmResult PoisonPages(PageIndexRange pages, out bool signalled)
    {
        signalled = false;
        for (var page = pages.Start; page < pages.End; page += 1)
        {
            if (Process.Touch(page, AccessKind.Read, out var frame) != HostFault.None)
            {
                return new(Errno.EFAULT, s_poisonFault);
            }

            if (frame == FramePool.ZeroFrame)
            {
                throw new OutsideModelException("MB-9", "a hardware error in the zero page");
            }

            Process.TryGetArea(page, out var area);
            signalled |= BreakPage(area);
            if (area.IsShared)
            {
                return new(Errno.EBUSY, s_poisonedPage);
            }
        }

        return default;
    }

    // The process is signalled only for a page it can have data in.
    private bool BreakPage(in HostArea area)
    {
        var store = Machine.Store(area.Store);
        store.TryLookUp(area.Index, out var stored);
        Process.MarkPoisoned(area.Store, area.Index);
        store.Poison(area.Index);
        return stored.Flags.HasFlag(StoredPageFlags.Dirty);
    }
}
