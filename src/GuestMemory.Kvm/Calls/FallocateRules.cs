namespace GuestMemory.Kvm;

/// <summary>fallocate(2): the virtual file system's checks, then guest_memfd's, in order.</summary>
/// <remarks>Source: kvm-recordings, FINDINGS 6.</remarks>
internal static class FallocateRules
{
    /// <summary>FALLOC_FL_KEEP_SIZE.</summary>
    public const ulong KeepSize = 1;

    /// <summary>FALLOC_FL_PUNCH_HOLE.</summary>
    public const ulong PunchHole = 2;

    private const ulong CollapseRange = 8;
    private const ulong ZeroRange = 0x10;
    private const ulong InsertRange = 0x20;
    private const ulong UnshareRange = 0x40;
    private const ulong WriteZeroes = 0x80;
    private const string Findings = "kvm-recordings, FINDINGS 6";

    /// <summary>The virtual file system's checks.</summary>
    public static RuleTable<FallocateCall, Errno> FileSystem { get; } = new(
        new("fallocate/offset", Findings, "a range before the file", RefusesOffset, Errno.EINVAL),
        new("fallocate/length", Findings, "an empty range", RefusesLength, Errno.EINVAL),
        new("fallocate/mode", Findings, "modes that mean nothing, or two at once", IsModeBad, Errno.EOPNOTSUPP),
        new("fallocate/not-a-file", "posix, fallocate", "allocation in something that is no file", RefusesNotAFile, Errno.ENODEV),
        new("fallocate/range", Findings, "a range beyond 63 bits", RefusesRange, Errno.EFBIG));

    /// <summary>guest_memfd's own checks.</summary>
    public static RuleTable<FallocateCall, Errno> GuestMemfd { get; } = new(
        new("fallocate/keep-size", Findings, "a file that grows", RefusesKeepSize, Errno.EOPNOTSUPP),
        new("fallocate/only-punch", Findings, "shifting or zeroing private pages", RefusesOnlyPunch, Errno.EOPNOTSUPP),
        new("fallocate/offset-alignment", Findings, "part of a page", RefusesOffsetAlignment, Errno.EINVAL),
        new("fallocate/length-alignment", Findings, "part of a page", RefusesLengthAlignment, Errno.EINVAL),
        new("fallocate/beyond-file", "kvm-recordings, p02 past_eof", "pages the file does not have", RefusesBeyondFile, Errno.EINVAL));

    /// <summary>An ordinary memory file's own checks.</summary>
    public static RuleTable<FallocateCall, Errno> Memfd { get; } = new(
        new Check<FallocateCall, Errno>("fallocate/memfd-only-punch", "kvm-recordings, p02 other_files", "shifting or zeroing a memory file", RefusesMemfdOnlyPunch, Errno.EOPNOTSUPP));

    private static bool RefusesMemfdOnlyPunch(ref FallocateCall call) => (call.Mode & ~(KeepSize | PunchHole)) != 0;

    private static bool IsModeBad(ref FallocateCall call)
    {
        var operation = call.Mode & ~KeepSize;
        var keeps = (call.Mode & KeepSize) != 0;
        return operation switch
        {
            0 or UnshareRange or ZeroRange => false,
            PunchHole => !keeps,
            CollapseRange or InsertRange => keeps,
            WriteZeroes => keeps || !call.Profile.KnowsWriteZeroes,
            _ => true,
        };
    }

    private static bool RefusesOffset(ref FallocateCall call) => call.Offset < 0;

    private static bool RefusesLength(ref FallocateCall call) => call.Length <= 0;

    private static bool RefusesNotAFile(ref FallocateCall call) => call.Kind is not (OpenFileKind.GuestMemfd or OpenFileKind.Memfd);

    private static bool RefusesRange(ref FallocateCall call) => unchecked(call.Offset + call.Length) < 0;

    private static bool RefusesKeepSize(ref FallocateCall call) => (call.Mode & KeepSize) == 0;

    private static bool RefusesOnlyPunch(ref FallocateCall call) => (call.Mode & ~(KeepSize | PunchHole)) != 0;

    private static bool RefusesOffsetAlignment(ref FallocateCall call) => (call.Offset & 0xfff) != 0;

    private static bool RefusesLengthAlignment(ref FallocateCall call) => (call.Length & 0xfff) != 0;

    private static bool RefusesBeyondFile(ref FallocateCall call) => !call.Punches && unchecked((ulong)(call.Offset + call.Length)) > call.Size;
}
