namespace GuestMemory.Kvm;

/// <content>Descriptors and file operations.</content>
public sealed partial class KvmHost
{
    private static readonly Rule s_badDescriptor = new("file/descriptor", "posix, errors", "work on a descriptor that is not open", CheckClass.Encoding);
    private static readonly Rule s_notReadable = new("read/no-operation", "kvm-recordings, FINDINGS 12", "reading private memory through its file", CheckClass.Security);
    private static readonly Rule s_notWritable = new("write/no-operation", "kvm-recordings, FINDINGS 12", "writing private memory through its file", CheckClass.Security);
    private static readonly Rule s_noPosition = new("lseek/no-position", "kvm-recordings, FINDINGS 12", "a position in a file without one");
    private static readonly Rule s_badWhence = new("lseek/whence", "kvm-recordings, FINDINGS 12", "a seek from nowhere", CheckClass.Encoding);
    private static readonly Rule s_badPosition = new("pread/position", "posix, pread", "a position before the file", CheckClass.Encoding);
    private static readonly Rule s_noResize = new("ftruncate/no-resize", "kvm-recordings, FINDINGS 12", "a file that changes size under its slots");
    private static readonly Rule s_noReopen = new("open/no-reopen", "kvm-recordings, FINDINGS 12", "a second way to an anonymous file");

    /// <summary>A descriptor number that is never open.</summary>
    public const int NeverOpen = -1;

    /// <summary>memfd_create(2) and ftruncate(2): an ordinary memory file.</summary>
    /// <param name="size">Bytes, a multiple of 4096.</param>
    public KvmResult CreateMemfd(ulong size)
    {
        if (IsShort(s_noMemfd, out var refusal))
        {
            return refusal;
        }

        var store = Machine.CreateStore(BackingProperties.Memfd, size);
        return KvmResult.Of((ulong)Descriptors.Open(new(OpenFileKind.Memfd, store.Id)));
    }

    /// <summary>dup(2).</summary>
    /// <param name="descriptor">The descriptor.</param>
    public KvmResult Dup(int descriptor) => Descriptors.TryGet(descriptor, out var number, out _)
        ? KvmResult.Of((ulong)Descriptors.Install(number))
        : new(Errno.EBADF, s_badDescriptor);

    /// <summary>open(2) of the descriptor's link in /proc: a memory file is opened anew, an anonymous one cannot be reached so.</summary>
    /// <param name="descriptor">The descriptor.</param>
    public KvmResult Reopen(int descriptor)
    {
        if (!Descriptors.TryGet(descriptor, out _, out var file))
        {
            return new(Errno.EBADF, s_badDescriptor);
        }

        return file.Kind == OpenFileKind.Memfd ? KvmResult.Of((ulong)Descriptors.Open(file)) : new(Errno.ENXIO, s_noReopen);
    }

    /// <summary>close(2). What nothing refers to any more is released.</summary>
    /// <param name="descriptor">The descriptor.</param>
    public KvmResult Close(int descriptor)
    {
        if (!Descriptors.TryGet(descriptor, out var number, out _))
        {
            return new(Errno.EBADF, s_badDescriptor);
        }

        Descriptors.Close(descriptor);
        ReleaseUnreferenced(number);
        return Return(StepCall.Close, default, (ulong)descriptor);
    }

    /// <summary>fstat(2).</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="status">What the file says of itself.</param>
    public KvmResult Fstat(int descriptor, out FileStatus status)
    {
        status = default;
        if (!Descriptors.TryGet(descriptor, out _, out var file))
        {
            return new(Errno.EBADF, s_badDescriptor);
        }

        status = file.Kind switch
        {
            OpenFileKind.GuestMemfd => new(Machine.File(file.Object).Store.Size, 0, 4096, FileStatus.PrivateFileMode, 1),
            OpenFileKind.Memfd => new(StoreOf(file)!.Size, (long)StoreOf(file)!.HeldPages * 8, 4096, FileStatus.MemfdMode, 0),
            _ => throw new OutsideModelException("MB-12", "fstat of a file that is no memory"),
        };
        return default;
    }

    /// <summary>read(2) of any length.</summary>
    /// <param name="descriptor">The descriptor.</param>
    public KvmResult Read(int descriptor) => Machine.Options.Rules.IsOff(s_notReadable) && TryFirstPage(descriptor, out var page)
        ? KvmResult.Of(Machine.Contents.Read(page.Frame.Address, 8))
        : RefuseOnGuestMemfd(descriptor, Errno.EINVAL, s_notReadable);

    /// <summary>write(2) of any length.</summary>
    /// <param name="descriptor">The descriptor.</param>
    public KvmResult Write(int descriptor)
    {
        if (!Machine.Options.Rules.IsOff(s_notWritable) || !TryFirstPage(descriptor, out var page))
        {
            return RefuseOnGuestMemfd(descriptor, Errno.EINVAL, s_notWritable);
        }

        Machine.Contents.Write(page.Frame.Address, 8, ulong.MaxValue);
        return Return(StepCall.Write, KvmResult.Of(8), (ulong)descriptor);
    }

    /// <summary>pread(2) of any length.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="position">First byte.</param>
    public KvmResult Pread(int descriptor, long position) =>
        position < 0 ? new(Errno.EINVAL, s_badPosition) : RefuseOnGuestMemfd(descriptor, Errno.ESPIPE, s_noPosition);

    /// <summary>pwrite(2) of any length.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="position">First byte.</param>
    public KvmResult Pwrite(int descriptor, long position) =>
        position < 0 ? new(Errno.EINVAL, s_badPosition) : RefuseOnGuestMemfd(descriptor, Errno.ESPIPE, s_noPosition);

    /// <summary>lseek(2).</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="whence">0 set, 1 current, 2 end, 3 data, 4 hole.</param>
    public KvmResult Lseek(int descriptor, int whence) => whence is < 0 or > 4
        ? RefuseOnGuestMemfd(descriptor, Errno.EINVAL, s_badWhence)
        : RefuseOnGuestMemfd(descriptor, Errno.ESPIPE, s_noPosition);

    /// <summary>ftruncate(2).</summary>
    /// <param name="descriptor">The descriptor.</param>
    public KvmResult Ftruncate(int descriptor) => RefuseOnGuestMemfd(descriptor, Errno.EINVAL, s_noResize);

    /// <summary>fallocate(2): allocates pages, or punches a hole.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="mode">FALLOC_FL_* bits.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes.</param>
    public KvmResult Fallocate(int descriptor, ulong mode, long offset, long length)
    {
        if (!Descriptors.TryGet(descriptor, out _, out var file))
        {
            return new(Errno.EBADF, s_badDescriptor);
        }

        var store = StoreOf(file);
        var call = new FallocateCall
        {
            Mode = mode, Offset = offset, Length = length, Profile = Profile, Kind = file.Kind, Size = store?.Size ?? 0,
        };
        var refusal = FallocateRules.FileSystem.Decide(ref call, Machine.Options.Rules);
        if (refusal is null)
        {
            var own = file.Kind == OpenFileKind.GuestMemfd ? FallocateRules.GuestMemfd : FallocateRules.Memfd;
            refusal = own.Decide(ref call, Machine.Options.Rules);
        }

        if (refusal is not null)
        {
            return Return(StepCall.Fallocate, KvmResult.Refused(refusal), (ulong)descriptor);
        }

        return Return(StepCall.Fallocate, AllocateOrPunch(store!, call), (ulong)descriptor);
    }

    private KvmResult AllocateOrPunch(BackingStore store, in FallocateCall call)
    {
        if (call.Kind == OpenFileKind.Memfd)
        {
            return AllocateOrPunchMemfd(store, call);
        }

        var pages = new PageIndexRange(new(unchecked((ulong)call.Offset) >> 12), unchecked((ulong)call.Length) >> 12);
        if (call.Punches)
        {
            return Freed(store.Punch(pages));
        }

        return Allocated(store.AllocateInterruptibly(pages));
    }

    private static KvmResult Allocated(Outcome outcome) => outcome.IsSuccess
        ? default
        : KvmResult.Refused(outcome, (CoreStatus)outcome.Code == CoreStatus.Interrupted ? Errno.EINTR : Errno.ENOMEM);

    // An ordinary memory file takes any byte range: it grows, allocates every page touched, frees whole pages and zeroes parts.
    private KvmResult AllocateOrPunchMemfd(BackingStore store, in FallocateCall call)
    {
        var (start, end) = ((ulong)call.Offset, (ulong)(call.Offset + call.Length));
        if (call.Punches)
        {
            var whole = PageIndexRange.FromBounds(new((start + 4095) >> 12), new(Math.Max((start + 4095) >> 12, end >> 12)));
            var punched = store.Punch(whole);
            punched = punched.IsSuccess ? ZeroPart(store, start, Math.Min(end, whole.Start.Value << 12)) : punched;
            return Freed(punched.IsSuccess ? ZeroPart(store, Math.Max(start, whole.End.Value << 12), end) : punched);
        }

        if ((call.Mode & FallocateRules.KeepSize) != 0 && (end + 4095) >> 12 > store.PageCount)
        {
            throw new OutsideModelException("MB-12", "allocating an ordinary memfd beyond its end");
        }

        // Its size is what it was when the pages cannot be had.
        var size = store.Size;
        if ((call.Mode & FallocateRules.KeepSize) == 0)
        {
            Machine.GrowStore(store, end);
        }

        var allocated = AllocateWhole(store, PageIndexRange.FromBounds(new(start >> 12), new((end + 4095) >> 12)));
        if (!allocated.IsSuccess)
        {
            Machine.ShrinkStore(store, size);
        }

        return Allocated(allocated);
    }

    private static KvmResult Freed(Outcome punched) =>
        punched.IsSuccess ? default : KvmResult.Refused(punched, (CoreStatus)punched.Code == CoreStatus.OutOfFrames ? Errno.ENOMEM : Errno.EBUSY);

    // A page that is written out comes back first, or its old bytes would come back later.
    private Outcome ZeroPart(BackingStore store, ulong start, ulong end)
    {
        var index = new PageIndex(start >> 12);
        if (start >= end || !store.Holds(index))
        {
            return Outcome.Success;
        }

        var back = store.IsSwappedOut(index) ? store.GetPage(index, out _) : Outcome.Success;
        if (back.IsSuccess && store.TryLookUp(index, out var page))
        {
            Machine.Contents.Zero(page.Frame.Address + (start & 0xfff), (int)(end - start));
        }

        return back;
    }

    private KvmResult RefuseOnGuestMemfd(int descriptor, Errno errno, Rule rule)
    {
        if (!Descriptors.TryGet(descriptor, out _, out var file))
        {
            return new(Errno.EBADF, s_badDescriptor);
        }

        return file.Kind == OpenFileKind.GuestMemfd
            ? new(errno, rule)
            : throw new OutsideModelException("MB-12", "reading, writing or resizing a file that is no guest_memfd");
    }

    // What a file with such operations would read and write: its first page, once it is there.
    private bool TryFirstPage(int descriptor, out StoredPage page)
    {
        page = default;
        return Descriptors.TryGet(descriptor, out _, out var file) && file.Kind == OpenFileKind.GuestMemfd && StoreOf(file)!.TryLookUp(default, out page);
    }

    private BackingStore? StoreOf(OpenFile file) => file.Kind switch
    {
        OpenFileKind.GuestMemfd => Machine.File(file.Object).Store,
        OpenFileKind.Memfd => Machine.Store(file.Object),
        _ => null,
    };

    private void ReleaseUnreferenced(int number)
    {
        if (Descriptors.IsReferenced(number) || Process.IsHeld(number))
        {
            return;
        }

        var file = Descriptors.File(number);
        Descriptors.Forget(number);
        switch (file.Kind)
        {
            case OpenFileKind.GuestMemfd:
                var backing = Machine.File(file.Object);
                backing.DropLastReference();
                ReleaseGuestMemfd(backing);
                break;
            case OpenFileKind.Memfd when !Descriptors.IsOpen(file):
                Machine.DestroyStore(Machine.Store(file.Object));
                break;
            case OpenFileKind.Vm or OpenFileKind.Vcpu:
                DestroyUnreferenced(new((ushort)file.Object));
                break;
            default:
                break;
        }
    }

    private void ReleaseGuestMemfd(BackingFile file)
    {
        var (guest, store) = (file.Guest, file.Store);
        file.Release();
        if (!Machine.IsViewed(store))
        {
            Machine.DestroyStore(store);
        }

        DestroyUnreferenced(guest);
    }

    private void DestroyUnreferenced(GuestId guest)
    {
        var vm = Machine.VirtualMachine(guest);
        var isHeld = Descriptors.IsOpen(new(OpenFileKind.Vm, guest.Value)) || Descriptors.IsOpen(new(OpenFileKind.Vcpu, guest.Value));
        foreach (var file in Machine.Files)
        {
            isHeld |= file.Life != FileLife.Gone && file.Guest == guest;
        }

        if (!isHeld && vm.IsLive)
        {
            vm.Destroy();
            GuestOf(guest).Reset();
        }
    }
}
