namespace GuestMemory.Kvm;

/// <summary>KVM_SET_USER_MEMORY_REGION and its second version: the checks in the kernel's order.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 8 and 13-16; kvm-api, KVM_SET_USER_MEMORY_REGION2.</remarks>
internal static class MemoryRegionRules
{
    private const string Call = "KVM_SET_USER_MEMORY_REGION2";
    private const string Findings = "kvm-recordings, FINDINGS 8";
    private const ulong MostPages = (1UL << 31) - 1;

    /// <summary>Slots a VMM can have in one address space.</summary>
    public const int UserSlots = 32764;

    /// <summary>The last check before the commit: it runs when a slot to be moved is out of use already.</summary>
    public static Check<MemoryRegionCall, Errno> GpaLimit { get; } = new(
        Call + "/gpa-limit", "kvm-recordings, p04 gpa_limit_against_others", "frames no guest address can name", RefusesGpaLimit, Errno.EINVAL);

    /// <summary>The check of the binding itself: a reference to the file is held then.</summary>
    public static Check<MemoryRegionCall, Errno> BeyondFile { get; } = new(
        Call + "/beyond-file", "kvm-recordings, p05 eof", "pages the file does not have", IsBeyondFile, Errno.EINVAL);

    /// <summary>A slot with private memory stays as it is.</summary>
    public static Check<MemoryRegionCall, Errno> Immutable { get; } = new(
        Call + "/immutable", "kvm-recordings, p05 immutable", "changing a slot with private memory", RefusesImmutable, Errno.EINVAL, CheckClass.Security);

    /// <summary>Before the slot's file is looked at; deletion passes after these.</summary>
    public static RuleTable<MemoryRegionCall, Errno> Arguments { get; } = new(
        new(Call + "/first-version-flags", "kvm-recordings, p04 old_ioctl", "a guest_memfd the old argument has no field for", HasUnknownFirstVersionFlag, Errno.EINVAL),
        new(Call + "/flags", Findings, "flags that mean nothing here, or exclude each other", HasUnsupportedFlag, Errno.EINVAL),
        new(Call + "/size-alignment", Findings, "part of a page", RefusesSizeAlignment, Errno.EINVAL),
        new(Call + "/gpa-alignment", Findings, "a slot across a page", RefusesGpaAlignment, Errno.EINVAL),
        new(Call + "/hva-alignment", Findings, "host pages across guest pages", RefusesHvaAlignment, Errno.EINVAL),
        new(Call + "/hva-range", Findings, "kernel addresses behind a guest", IsOutsideUserRange, Errno.EINVAL, CheckClass.Security),
        new(Call + "/offset-alignment", Findings, "file pages across guest pages", RefusesOffsetAlignment, Errno.EINVAL),
        new(Call + "/offset-wrap", Findings, "a file range around the end", DoesOffsetWrap, Errno.EINVAL),
        new(Call + "/address-space", "kvm-recordings, FINDINGS 13", "a slot in an address space the VM lacks", RefusesAddressSpace, Errno.EINVAL),
        new(Call + "/slot-id", Findings, "an id beyond the table", RefusesSlotId, Errno.EINVAL),
        new(Call + "/gpa-wrap", Findings, "a slot around the end of guest memory", DoesGpaWrap, Errno.EINVAL),
        new(Call + "/size-limit", Findings, "more pages than a slot can count", RefusesSizeLimit, Errno.EINVAL),
        new(Call + "/delete-missing", "kvm-recordings, p05 delete_args", "deleting what is not there", RefusesDeleteMissing, Errno.EINVAL));

    /// <summary>For what is not a deletion.</summary>
    public static RuleTable<MemoryRegionCall, Errno> Changes { get; } = new(
        Immutable,
        new(Call + "/change-address", "kvm-recordings, p06 modify", "other host memory behind a live slot", RefusesChangeAddress, Errno.EINVAL),
        new(Call + "/change-size", "kvm-recordings, p06 modify", "growing or shrinking a live slot", RefusesChangeSize, Errno.EINVAL),
        new(Call + "/change-flags", "kvm-recordings, p06 modify", "turning READONLY or GUEST_MEMFD on a live slot", ChangesFixedFlag, Errno.EINVAL),
        new(Call + "/gpa-overlap", Findings, "two slots for one guest frame", OverlapsAnotherSlot, Errno.EEXIST, CheckClass.Integrity),
        new(Call + "/descriptor", Findings, "a descriptor that is not open", RefusesDescriptor, Errno.EBADF),
        new(Call + "/not-guest-memfd", Findings, "other files as private memory", RefusesNotGuestMemfd, Errno.EINVAL, CheckClass.Security),
        new(Call + "/other-vm", "kvm-recordings, p05 wrong_vm", "another VM's private memory", RefusesOtherVm, Errno.EINVAL, CheckClass.Security),
        BeyondFile,
        GpaLimit);

    private static bool HasUnknownFirstVersionFlag(ref MemoryRegionCall call) =>
        call.IsFirstVersion && (call.Region.Flags & ~(MemoryRegion.LogDirtyPages | MemoryRegion.ReadOnly)) != 0;

    private static bool HasUnsupportedFlag(ref MemoryRegionCall call)
    {
        // With a guest_memfd neither writes to the log nor read-only memory are modelled by the kernel.
        var allowed = call.WantsGuestMemfd ? 0 : MemoryRegion.LogDirtyPages | MemoryRegion.ReadOnly;
        allowed |= call.MayHaveGuestMemfd ? MemoryRegion.HasGuestMemfd : 0;
        return (call.Region.Flags & ~allowed) != 0;
    }

    private static bool IsOutsideUserRange(ref MemoryRegionCall call) =>
        !UserAddresses.Contains(call.Region.UserspaceAddress, call.Region.MemorySize);

    private static bool DoesOffsetWrap(ref MemoryRegionCall call) =>
        call.WantsGuestMemfd && unchecked(call.Region.GuestMemfdOffset + call.Region.MemorySize) < call.Region.GuestMemfdOffset;

    private static bool DoesGpaWrap(ref MemoryRegionCall call) =>
        unchecked(call.Region.GuestPhysicalAddress + call.Region.MemorySize) < call.Region.GuestPhysicalAddress;

    private static bool ChangesFixedFlag(ref MemoryRegionCall call) =>
        call.Old is not null
        && ((call.Region.Flags ^ (ulong)call.Old.Layout.Flags) & (MemoryRegion.ReadOnly | MemoryRegion.HasGuestMemfd)) != 0;

    private static bool OverlapsAnotherSlot(ref MemoryRegionCall call) =>
        (call.Creates || call.Moves) && call.Vm.Slots.AnyOverlap(call.Gfns, call.AddressSpace, call.Old);

    private static bool IsBeyondFile(ref MemoryRegionCall call)
    {
        if (!call.Creates || call.Backing is null)
        {
            return false;
        }

        var offset = unchecked((long)call.Region.GuestMemfdOffset);
        var end = unchecked(call.Region.GuestMemfdOffset + call.Region.MemorySize);
        if (offset < 0)
        {
            return true;
        }

        // Signed, as the kernel computes it: without its own check a sum beyond 63 bits is negative and passes.
        return call.Profile.ChecksBindingOverflow ? end > call.Backing.Store.Size : unchecked((long)end) > (long)call.Backing.Store.Size;
    }

    private static bool RefusesSizeAlignment(ref MemoryRegionCall call) => (call.Region.MemorySize & 0xfff) != 0;

    private static bool RefusesGpaAlignment(ref MemoryRegionCall call) => (call.Region.GuestPhysicalAddress & 0xfff) != 0;

    private static bool RefusesHvaAlignment(ref MemoryRegionCall call) => (call.Region.UserspaceAddress & 0xfff) != 0;

    private static bool RefusesOffsetAlignment(ref MemoryRegionCall call) => call.WantsGuestMemfd && (call.Region.GuestMemfdOffset & 0xfff) != 0;

    private static bool RefusesAddressSpace(ref MemoryRegionCall call) => call.AddressSpace >= call.AddressSpaces;

    private static bool RefusesSlotId(ref MemoryRegionCall call) => call.Id >= UserSlots;

    private static bool RefusesSizeLimit(ref MemoryRegionCall call) => (call.Region.MemorySize >> 12) > MostPages;

    private static bool RefusesDeleteMissing(ref MemoryRegionCall call) => call.Deletes && call.Old is null;

    private static bool RefusesImmutable(ref MemoryRegionCall call) => call.Old is not null && call.WantsGuestMemfd;

    private static bool RefusesChangeAddress(ref MemoryRegionCall call) => call.Old is not null && call.Region.UserspaceAddress >> 12 != call.Old.Layout.SharedPage;

    private static bool RefusesChangeSize(ref MemoryRegionCall call) => call.Old is not null && call.Gfns.Count != call.Old.Gfns.Count;

    private static bool RefusesDescriptor(ref MemoryRegionCall call) => call.Creates && call.WantsGuestMemfd && call.File.Kind == OpenFileKind.None;

    private static bool RefusesNotGuestMemfd(ref MemoryRegionCall call) => call.Creates && call.WantsGuestMemfd && call.File.Kind != OpenFileKind.GuestMemfd;

    private static bool RefusesOtherVm(ref MemoryRegionCall call) => call.Creates && call.Backing is not null && call.Backing.Guest != call.Vm.Id;

    private static bool RefusesGpaLimit(ref MemoryRegionCall call) => (call.Creates || call.Moves) && call.Gfns.End.Value > call.GfnLimit;
}
