namespace GuestMemory.Kvm;

/// <content>What fails by no fault of the VMM's: memory of the kernel's own, and signals. Asked where <see cref="MachineOptions.Injector"/> decides what fails.</content>
public sealed partial class KvmHost
{
    private const string Allocations = "kvm-main, allocations";
    private static readonly Rule s_noVm = new("KVM_CREATE_VM/no-memory", Allocations, "half a VM");
    private static readonly Rule s_noVcpu = new("KVM_CREATE_VCPU/no-memory", Allocations, "half a vCPU");
    private static readonly Rule s_noGuestMemfd = new("KVM_CREATE_GUEST_MEMFD/no-memory", "guest-memfd, size", "a file without an inode");
    private static readonly Rule s_noSlotMemory = new("KVM_SET_USER_MEMORY_REGION2/no-memory", Allocations, "a slot without memory for itself");
    private static readonly Rule s_noSlotMetadata = new("KVM_SET_USER_MEMORY_REGION2/no-metadata", "kvm-main, slot moves", "a slot without its reverse map or its log");
    private static readonly Rule s_noTables = new("KVM_RUN/no-tables", "kvm-api, KVM_RUN", "a translation without a table");
    private static readonly Rule s_signal = new("KVM_RUN/signal", "kvm-api, KVM_RUN", "a vCPU that cannot be stopped");
    private static readonly Rule s_noPreFaultTables = new("KVM_PRE_FAULT_MEMORY/no-tables", "kvm-api, KVM_PRE_FAULT_MEMORY", "a translation without a table");
    private static readonly Rule s_preFaultSignal = new("KVM_PRE_FAULT_MEMORY/signal", "kvm-api, KVM_PRE_FAULT_MEMORY", "a process that cannot be stopped");
    private static readonly Rule s_noMemfd = new("memfd_create/no-memory", "posix, memfd_create", "a file without an inode");
    private static readonly Rule s_noArea = new("mmap/no-memory", "posix, mmap", "a mapping without memory for itself");
    private static readonly Rule s_noSplit = new("munmap/no-memory", "posix, munmap", "half an area");
    private static readonly Rule s_noProtectedPart = new("mprotect/no-memory", "posix, mprotect", "half an area");

    /// <summary>What a slot move leaves for which the kernel has no memory: the same as one refused for the addresses' width.</summary>
    public static PartialEffect MoveShortagePartialEffect { get; } = new(
        "KVM_SET_USER_MEMORY_REGION2", "a move finds no memory for the slot's metadata",
        "the slot's translations are gone, and remembered device memory is of an older generation", "kvm-main, slot moves");

    /// <summary>What mprotect(2) leaves when memory runs out.</summary>
    public static PartialEffect ProtectPartialEffect { get; } = new(
        "mprotect", "an area after the first cannot be changed", "the rights of the areas before it", "posix, mprotect");

    /// <summary>What madvise(2) and mlock(2) leave that bring in, or move, page after page.</summary>
    public static PartialEffect TouchPartialEffect { get; } = new(
        "madvise, mlock", "a page cannot be had", "the pages done before it; the lock of the whole range", "posix, mlock");

    /// <summary>What an access of the process over two pages leaves when the second cannot be had.</summary>
    public static PartialEffect AccessPartialEffect { get; } = new(
        "load, store", "the second page cannot be had", "the first page, with no byte of it changed", "posix, mmap");

    /// <summary>What a run of a vCPU leaves when a signal is pending, or memory runs out on its second page.</summary>
    public static PartialEffect RunPartialEffect { get; } = new(
        "KVM_RUN", "a signal is pending, or a page after the first cannot be had", "the pages brought in; the access itself is not made", "kvm-api, KVM_RUN");

    private bool IsShort(Rule rule, out KvmResult refusal)
    {
        var isShort = Machine.Strikes(InjectionPoint.KernelAllocation) && !Machine.Options.Rules.IsOff(rule);
        refusal = isShort ? new(Errno.ENOMEM, rule) : default;
        return isShort;
    }

    private bool IsSignalled(Rule rule, out KvmResult refusal)
    {
        var isSignalled = Machine.Strikes(InjectionPoint.Signal) && !Machine.Options.Rules.IsOff(rule);
        refusal = isSignalled ? new(Errno.EINTR, rule) : default;
        return isSignalled;
    }

    private static bool IsSignalled(VirtualMachine vm, out VcpuExit exit)
    {
        var isSignalled = vm.Machine.Strikes(InjectionPoint.Signal) && !vm.Machine.Options.Rules.IsOff(s_signal);
        exit = isSignalled ? VcpuExit.Signalled(s_signal) : default;
        return isSignalled;
    }

    // The slot's own memory, then what hangs on it. A slot to be moved is out of use by then (kvm-main, slot moves).
    private bool IsShort(in MemoryRegionCall call, out KvmResult refusal)
    {
        refusal = default;
        var changesFlags = !call.Deletes && !call.Creates && !call.Moves && call.Region.Flags != (ulong)call.Old!.Layout.Flags;
        if (!call.Deletes && !call.Creates && !call.Moves && !changesFlags)
        {
            return false;
        }

        var needsMore = call.Creates || call.Moves || (changesFlags && (call.Region.Flags & MemoryRegion.LogDirtyPages) != 0);
        if (IsShort(s_noSlotMemory, out refusal) || call.Deletes || !needsMore || !IsShort(s_noSlotMetadata, out refusal))
        {
            return !refusal.IsSuccess;
        }

        if (call.Moves)
        {
            InvalidateRefusedMove(call);
        }

        return true;
    }

    // An ordinary memory file keeps nothing of an allocation that failed: what it added and nobody cleared goes again.
    private static Outcome AllocateWhole(BackingStore store, PageIndexRange pages)
    {
        var before = store.Pages.ToArray();
        var allocated = store.AllocateInterruptibly(pages);
        if (!allocated.IsSuccess)
        {
            for (var page = pages.Start; page < pages.End; page += 1)
            {
                var isNew = !Array.Exists(before, run => run.Start <= page.Value && page.Value < run.End);
                if (isNew && store.TryLookUp(page, out var stored) && !stored.Flags.HasFlag(StoredPageFlags.Cleared))
                {
                    store.Punch(new(page, 1));
                }
            }
        }

        return allocated;
    }
}
