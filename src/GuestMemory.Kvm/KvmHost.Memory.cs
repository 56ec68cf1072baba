namespace GuestMemory.Kvm;

/// <content>The process's addresses: mappings, their advice and their accesses.</content>
public sealed partial class KvmHost
{
    private static readonly Rule s_addressAlignment = new("memory/address-alignment", "posix, munmap", "part of a page", CheckClass.Encoding);
    private static readonly Rule s_wrap = new("memory/wrap", "posix, madvise", "a range around the end", CheckClass.Encoding);
    private static readonly Rule s_emptyUnmap = new("munmap/empty", "posix, munmap", "an empty range", CheckClass.Encoding);
    private static readonly Rule s_notMapped = new("memory/not-mapped", "posix, mprotect", "work on addresses that are not mapped");
    private static readonly Rule s_noExecute = new("mprotect/execute", "kvm-recordings, FINDINGS 22", "running code from guest memory", CheckClass.Security);
    private static readonly Rule s_populateFault = new("madvise/populate-fault", "kvm-recordings, p16 shared_mapping", "pages that cannot be had");
    private static readonly Rule s_lockFault = new("mlock/fault", "posix, mlock", "locking pages that cannot be had");
    private static readonly Rule s_accessFault = new("copy/fault", "kvm-recordings, p07 kernel_copies", "copies past what is mapped");

    /// <summary>mmap(2) of anonymous private memory. Mappings are placed 4 GiB apart and never merge.</summary>
    /// <param name="length">Bytes; rounded up to whole pages.</param>
    /// <returns>The address.</returns>
    public KvmResult MapAnonymous(ulong length)
    {
        var call = new MmapCall { Length = length, Rights = HostRights.Read | HostRights.Write, Kind = OpenFileKind.Memfd, IsShared = true, Profile = Profile, Next = _nextMapping };
        var check = MmapRules.Checks.Decide(ref call, Machine.Options.Rules);
        if (check is not null)
        {
            return Return(StepCall.Mmap, KvmResult.Refused(check), length);
        }

        if (IsShort(s_noArea, out var refusal))
        {
            return Return(StepCall.Mmap, refusal, length);
        }

        var store = Machine.CreateStore(BackingProperties.Anonymous, call.RoundedLength);
        return Place(call.RoundedLength, new(store.Id, default, call.Rights, IsShared: false, Holder: -1, IsLocked: false));
    }

    /// <summary>mmap(2) of a file.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="offset">First byte in the file.</param>
    /// <param name="length">Bytes; rounded up to whole pages; may reach beyond the file.</param>
    /// <param name="rights">Rights asked for.</param>
    /// <param name="isShared">Whether writes are to reach the file.</param>
    /// <returns>The address.</returns>
    public KvmResult Mmap(int descriptor, long offset, ulong length, HostRights rights, bool isShared)
    {
        if (!Descriptors.TryGet(descriptor, out var number, out var file))
        {
            return new(Errno.EBADF, s_badDescriptor);
        }

        var store = StoreOf(file);
        var call = new MmapCall
        {
            Offset = offset, Length = length, Rights = rights, IsShared = isShared, Kind = file.Kind,
            IsMappable = store is { Properties.HostMappable: true }, Profile = Profile, Next = _nextMapping,
        };
        var check = MmapRules.Checks.Decide(ref call, Machine.Options.Rules);
        if (check is not null)
        {
            return Return(StepCall.Mmap, KvmResult.Refused(check), length);
        }

        if (!isShared)
        {
            throw new OutsideModelException("MB-12", "a private mapping of an ordinary memfd");
        }

        if (IsShort(s_noArea, out var refusal))
        {
            return Return(StepCall.Mmap, refusal, length);
        }

        return Place(call.RoundedLength, new(store!.Id, new(call.Page), rights, IsShared: true, number, IsLocked: false));
    }

    /// <summary>munmap(2).</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">Bytes; rounded up to whole pages.</param>
    public KvmResult Munmap(ulong address, ulong length)
    {
        if ((address & 0xfff) != 0)
        {
            return Return(StepCall.Munmap, new(Errno.EINVAL, s_addressAlignment), address);
        }

        if (RoundUp(length) == 0 || !UserAddresses.Contains(address, RoundUp(length)))
        {
            return Return(StepCall.Munmap, new(Errno.EINVAL, s_emptyUnmap), address);
        }

        if (IsShort(s_noSplit, out var refusal))
        {
            return Return(StepCall.Munmap, refusal, address);
        }

        var pages = PagesOf(address, length);
        var holders = HoldersIn(pages);
        Process.Unmap(pages);
        foreach (var holder in holders)
        {
            ReleaseUnreferenced(holder);
        }

        return Return(StepCall.Munmap, default, address);
    }

    /// <summary>mprotect(2).</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">Bytes; rounded up to whole pages.</param>
    /// <param name="rights">The new rights.</param>
    public KvmResult Mprotect(ulong address, ulong length, HostRights rights)
    {
        if ((address & 0xfff) != 0)
        {
            return new(Errno.EINVAL, s_addressAlignment);
        }

        if (length == 0)
        {
            return default;
        }

        if (DoesWrap(address, length))
        {
            return new(Errno.ENOMEM, s_wrap);
        }

        var pages = PagesOf(address, length);
        var at = pages.Start;
        while (at < pages.End)
        {
            if (!TryNextArea(at, pages.End, out var run) || run.Start > at.Value)
            {
                return new(Errno.ENOMEM, s_notMapped);
            }

            if (rights.HasFlag(HostRights.Execute) && ForbidsExecution(run.Value.Holder) && !Machine.Options.Rules.IsOff(s_noExecute))
            {
                return new(Errno.EACCES, s_noExecute);
            }

            if (IsShort(s_noProtectedPart, out var refusal))
            {
                return refusal;
            }

            Process.Protect(PageIndexRange.FromBounds(at, new(run.End)), rights);
            at = new(run.End);
        }

        return default;
    }

    /// <summary>mlock(2): every page is brought in.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">Bytes.</param>
    public KvmResult Mlock(ulong address, ulong length)
    {
        var whole = unchecked(length + (address & 0xfff));
        if (whole < length || DoesWrap(address & ~0xfffUL, whole))
        {
            return new(Errno.EINVAL, s_wrap);
        }

        var pages = PagesOf(address & ~0xfffUL, whole);
        if (!Process.IsMapped(pages))
        {
            return new(Errno.ENOMEM, s_notMapped);
        }

        Process.Lock(pages);
        for (var page = pages.Start; page < pages.End; page += 1)
        {
            Process.TryGetArea(page, out var area);
            var access = !area.IsShared && area.Rights.HasFlag(HostRights.Write) ? AccessKind.Write : AccessKind.Read;
            if (Process.Touch(page, access, out _) != HostFault.None)
            {
                return new(Errno.ENOMEM, s_lockFault);
            }
        }

        return default;
    }

    /// <summary>mincore(2): which pages are there and cleared for use.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">Bytes; rounded up to whole pages.</param>
    /// <param name="resident">One flag a page; empty when the call fails.</param>
    public KvmResult Mincore(ulong address, ulong length, out bool[] resident)
    {
        resident = [];
        if ((address & 0xfff) != 0)
        {
            return new(Errno.EINVAL, s_addressAlignment);
        }

        if (!UserAddresses.Contains(address, length) || !Process.IsMapped(PagesOf(address, length)))
        {
            return new(Errno.ENOMEM, s_notMapped);
        }

        var pages = PagesOf(address, length);
        resident = new bool[pages.Count];
        for (var page = 0UL; page < pages.Count; page++)
        {
            resident[page] = IsResident(pages.Start + page);
        }

        return default;
    }

    /// <summary>An access of 8 bytes or fewer by the process itself: a load.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="value">The bytes as a little-endian number.</param>
    /// <returns>None, or the signal's cause.</returns>
    public HostFault Load(ulong address, int length, out ulong value)
    {
        value = 0;
        return UserAddresses.Contains(address, (ulong)length) ? Process.Load(new(address), length, out value) : HostFault.NotMapped;
    }

    /// <summary>An access of 8 bytes or fewer by the process itself: a store. One that faults changes no byte.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">1 to 8.</param>
    /// <param name="value">The bytes as a little-endian number.</param>
    public HostFault Store(ulong address, int length, ulong value) =>
        UserAddresses.Contains(address, (ulong)length) ? Process.Store(new(address), length, value) : HostFault.NotMapped;

    /// <summary>The kernel copies 8 bytes from an address.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="value">The bytes as a little-endian number.</param>
    /// <returns>EFAULT when any byte cannot be had; otherwise the count.</returns>
    public KvmResult CopyFrom(ulong address, out ulong value) =>
        Load(address, 8, out value) == HostFault.None ? KvmResult.Of(8) : new(Errno.EFAULT, s_accessFault);

    /// <summary>The kernel copies 8 bytes to an address.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="value">The bytes as a little-endian number.</param>
    /// <returns>EFAULT when any byte cannot be written; those on the first page may be then (<see cref="CopyPartialEffect"/>).</returns>
    public KvmResult CopyTo(ulong address, ulong value)
    {
        if (Store(address, 8, value) == HostFault.None)
        {
            return KvmResult.Of(8);
        }

        var first = (int)(4096 - (address & 0xfff));
        if (first < 8)
        {
            Store(address, first, value);
        }

        return new(Errno.EFAULT, s_accessFault);
    }

    /// <summary>What a kernel copy over two pages leaves when the second cannot be written.</summary>
    public static PartialEffect CopyPartialEffect { get; } = new(
        "syswrite", "the second page cannot be written", "the bytes on the first page", "kvm-recordings, p07 kernel_copies");

    private static ulong RoundUp(ulong length) => unchecked((length + 0xfff) & ~0xfffUL);

    // Rounded up to nothing, or around the end of all addresses.
    private static bool DoesWrap(ulong address, ulong length) =>
        length != 0 && (RoundUp(length) == 0 || unchecked(address + RoundUp(length)) < address);

    private static PageIndexRange PagesOf(ulong address, ulong length) => new(new(address >> 12), RoundUp(length) >> 12);

    private KvmResult Place(ulong length, in HostArea area)
    {
        var address = _nextMapping;
        _nextMapping += (length + MappingDistance - 1) / MappingDistance * MappingDistance + MappingDistance;
        Process.Map(PagesOf(address, length), area);
        return Return(StepCall.Mmap, KvmResult.Of(address), length);
    }

    private bool IsResident(PageIndex page)
    {
        if (Process.HasEntry(page))
        {
            return true;
        }

        Process.TryGetArea(page, out var area);
        return area.IsShared && Machine.Store(area.Store).TryLookUp(area.Index, out var stored) && stored.Flags.HasFlag(StoredPageFlags.Cleared);
    }

    private bool ForbidsExecution(int holder) =>
        holder >= 0 && Descriptors.File(holder).Kind == OpenFileKind.GuestMemfd && Profile.GuestMemfdForbidsExecution;

    // The first mapped run at or after a page, cut to the window.
    private bool TryNextArea(PageIndex from, PageIndex end, out RangeEntry<HostArea> run)
    {
        foreach (var next in Process.Areas)
        {
            if (next.End > from.Value && next.Start < end.Value)
            {
                var start = Math.Max(next.Start, from.Value);
                run = new(start, Math.Min(next.End, end.Value), next.Value.Advance(start - next.Start));
                return true;
            }
        }

        run = default;
        return false;
    }

    private int[] HoldersIn(PageIndexRange pages)
    {
        var holders = new List<int>();
        foreach (var run in Process.Areas)
        {
            if (run.Value.Holder >= 0 && run.Start < pages.End.Value && pages.Start.Value < run.End && !holders.Contains(run.Value.Holder))
            {
                holders.Add(run.Value.Holder);
            }
        }

        return [.. holders];
    }
}
