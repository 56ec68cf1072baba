namespace GuestMemory.Kvm;

/// <summary>mmap(2) of a file: the checks in the kernel's order.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 11.</remarks>
internal static class MmapRules
{
    private const string Findings = "kvm-recordings, FINDINGS 11";
    private const ulong MostFilePages = ((1UL << 63) - 1) >> 12;

    /// <summary>The checks.</summary>
    public static RuleTable<MmapCall, Errno> Checks { get; } = new(
        new("mmap/offset-alignment", Findings, "part of a page", RefusesOffsetAlignment, Errno.EINVAL),
        new("mmap/empty", Findings, "an empty mapping", RefusesEmpty, Errno.EINVAL),
        new("mmap/length-wrap", "posix, mmap", "a length that wraps when rounded", RefusesLengthWrap, Errno.ENOMEM),
        new("mmap/address-space", "kvm-recordings, random_file", "more than a process can address", RefusesAddressSpace, Errno.ENOMEM),
        new("mmap/file-range", Findings, "offsets beyond 63 bits", IsBeyondFileOffsets, Errno.EOVERFLOW),
        new("mmap/execute", Findings, "running code from guest memory", ForbidsExecution, Errno.EPERM, CheckClass.Security),
        new("mmap/unmappable", Findings, "host access to private memory", RefusesUnmappable, Errno.ENODEV, CheckClass.Security),
        new("mmap/private", Findings, "a private copy of guest memory", RefusesPrivate, Errno.EINVAL));

    private static bool IsBeyondFileOffsets(ref MmapCall call)
    {
        var pages = call.RoundedLength >> 12;
        return pages > MostFilePages || call.Page > MostFilePages - pages;
    }

    private static bool ForbidsExecution(ref MmapCall call) =>
        call.Rights.HasFlag(HostRights.Execute) && call.Kind == OpenFileKind.GuestMemfd && call.Profile.GuestMemfdForbidsExecution;

    private static bool RefusesOffsetAlignment(ref MmapCall call) => (call.Offset & 0xfff) != 0;

    private static bool RefusesEmpty(ref MmapCall call) => call.Length == 0;

    private static bool RefusesLengthWrap(ref MmapCall call) => call.RoundedLength == 0;

    private static bool RefusesAddressSpace(ref MmapCall call) => !UserAddresses.Contains(call.Next, call.RoundedLength);

    private static bool RefusesUnmappable(ref MmapCall call) => call.Kind is not (OpenFileKind.GuestMemfd or OpenFileKind.Memfd) || (call.Kind == OpenFileKind.GuestMemfd && !call.IsMappable);

    private static bool RefusesPrivate(ref MmapCall call) => call.Kind == OpenFileKind.GuestMemfd && !call.IsShared;
}
