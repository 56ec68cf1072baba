namespace GuestMemory.Tdx;

/// <summary>The checks of functions that open, move on and end a migration session, and what they read of its bundles.</summary>
/// <remarks>
/// Left out of all of them: streams, keys, MACs, the metadata that is moved, and the lock of the migration context, which nobody else holds
/// here. What they would refuse is taken to be right (MB-70).
/// </remarks>
internal static class MigrationSession
{
    /// <summary>The migration epoch of the last phase, when pages come in any order.</summary>
    public const uint OutOfOrder = uint.MaxValue;

    private const int BundleSize = 48;
    private const int BundleAlignment = 128;
    private const int SizeShift = 52;
    private const ulong ReservedInStream = 0x7fff_ffff_ffff_0000;
    private const string Bundle = "tdx-module, migration bundle metadata";

    /// <summary>For a function that has the TD for itself: no vCPU is inside, since each that is holds the TD's root page shared.</summary>
    public static Check<HostCall, TdxAnswer>[] WholeTd(string function, CheckClass opState = CheckClass.Integrity) =>
    [
        TdChecks.Version(function),
        .. TdChecks.Operand(function, TdxOperand.Rcx),
        new(function + "/td-running", "tdx-module, tdh_vp_enter.c", "a TD that changes its state under its vCPUs", HasVcpusInside,
            TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Rcx), CheckClass.Integrity),
        .. TdChecks.Alive(function),
        TdChecks.OpStateAllowed(function, opState),
    ];

    /// <summary>For a function beside which vCPUs run: it takes the op state's lock for itself.</summary>
    public static Check<HostCall, TdxAnswer>[] OpState(string function) =>
    [
        TdChecks.Version(function),
        .. TdChecks.Operand(function, TdxOperand.Rcx),
        .. TdChecks.Alive(function),
        new(function + "/op-state-busy", "tdx-module, check_state_map_tdcs_and_lock", "two sessions of one TD", IsOpStateHeld,
            TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.OpState), CheckClass.Integrity),
        TdChecks.OpStateAllowed(function),
    ];

    /// <summary>R10: the first stream, and bit 63 for what the function says.</summary>
    public static Check<HostCall, TdxAnswer> StreamAndCommand(string function) => Stream(function, NamesAnotherStream);

    /// <summary>R10: the first stream and nothing else.</summary>
    public static Check<HostCall, TdxAnswer> StreamOnly(string function) => Stream(function, IsNotTheFirstStream);

    /// <summary>R8: 63:52 size of the room for a bundle's head, 51:0 where it is.</summary>
    public static Check<HostCall, TdxAnswer> BundleHead(string function) =>
        new(function + "/bundle", Bundle, "a bundle in private memory, or in too little room", HasNoBundle, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R8));

    /// <summary>Whether R8 names no place for a bundle's head.</summary>
    public static bool HasNoBundle(ref HostCall call)
    {
        var address = call.Registers.R8 & ((1UL << SizeShift) - 1);
        return call.Registers.R8 >> SizeShift < BundleSize || !SharedPages.Allows(call.State.Platform, address, BundleAlignment);
    }

    /// <summary>The migration epoch in the head R8 names.</summary>
    public static uint EpochOfBundle(in HostCall call)
    {
        const ulong EpochAt = 12;
        var head = SharedPages.Plain(call.State.Platform, call.Registers.R8 & ((1UL << SizeShift) - 1));
        return (uint)call.State.Memory.Read(head + EpochAt, 4, ContentKey.None);
    }

    /// <summary>Whether the function is to go on with what was interrupted, or an export to leave the ordered phase.</summary>
    public static bool IsCommandSet(in HostCall call) => call.Registers.R10 >> 63 != 0;

    /// <summary>A status that says the TD can only be torn down.</summary>
    public static TdxStatus Fatal(TdxStatus status) => new(status.Value | (1UL << 61));

    private static Check<HostCall, TdxAnswer> Stream(string function, Refuses<HostCall> refuses) =>
        new(function + "/stream", "tdx-module, migration streams", "a step of the session in a stream beside the first", refuses,
            TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R10));

    private static bool HasVcpusInside(ref HostCall call) => call.Td is { } td && (td.EvenReferences | td.OddReferences) != 0;

    private static bool IsOpStateHeld(ref HostCall call) => call.Td is { } td && call.State.Locks.IsBusy(HeldLock.OpState(td.Tdr), exclusive: true);

    private static bool NamesAnotherStream(ref HostCall call) => (call.Registers.R10 & (ReservedInStream | 0xffff)) != 0;

    private static bool IsNotTheFirstStream(ref HostCall call) => call.Registers.R10 != 0;
}
