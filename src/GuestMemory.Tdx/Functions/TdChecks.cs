namespace GuestMemory.Tdx;

/// <summary>The checks every function that names a TD begins with. Source: tdx-module, checks of the TD operand.</summary>
internal static class TdChecks
{
    private const string Source = "tdx-module, check_lock_and_map_explicit_tdr";

    /// <summary>The version asked for. Where the function does not look itself, who dispatches calls does, and leaves the registers alone.</summary>
    public static Check<HostCall, TdxAnswer> Version(string function, AnswerRegisters registers = AnswerRegisters.Kept) =>
        new($"{function}/version", "tdx-module, versions of functions", "a version nobody wrote", IsVersionUnknown, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rax, registers));

    /// <summary>The bits beside a TD's address that are neither address nor flag.</summary>
    public static Check<HostCall, TdxAnswer> Flags(string function) =>
        new($"{function}/td-flags", "tdx-module, TD handle and flags", "flags nobody defined", HasReservedFlags, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rdx));

    /// <summary>Form, memory, lock and type of the TD's root page.</summary>
    public static Check<HostCall, TdxAnswer>[] Operand(string function, TdxOperand operand = TdxOperand.Rdx) =>
    [
        new($"{function}/td-form", Source, "an address that no page has", IsMisformed, TdxAnswer.Of(TdxStatusCode.OperandInvalid, operand)),
        new($"{function}/td-range", Source, "a root page outside the module's memory", IsOutside, TdxAnswer.Of(TdxStatusCode.OperandAddressRangeError, operand)),
        new($"{function}/td-busy", Source, "two processors changing one TD", IsBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, operand), CheckClass.Integrity),
        new($"{function}/td-type", Source, "a page that is no TD's root taken for one", IsNoTd, TdxAnswer.Of(TdxStatusCode.PageMetadataIncorrect, operand), CheckClass.Integrity),
    ];

    /// <summary>The TD lives: not fatal, with a key, with its control pages.</summary>
    public static Check<HostCall, TdxAnswer>[] Alive(string function) =>
    [
        Fatal(function),
        Keys(function),
        new($"{function}/tdcs", "tdx-module, check_state_map_tdcs_and_lock", "a TD without its control pages", HasNoControlPages, TdxAnswer.Of(TdxStatusCode.TdcsNotAllocated), CheckClass.Integrity),
    ];

    /// <summary>The TD's memory did not break.</summary>
    public static Check<HostCall, TdxAnswer> Fatal(string function) =>
        new($"{function}/fatal", "tdx-module, check_state_map_tdcs_and_lock", "work on a TD whose memory broke", IsFatal, TdxAnswer.Of(TdxStatusCode.TdFatal), CheckClass.Integrity);

    /// <summary>The TD has its key.</summary>
    public static Check<HostCall, TdxAnswer> Keys(string function) =>
        new($"{function}/keys", "tdx-module, check_state_map_tdcs_and_lock", "memory of a TD without a key", HasNoKeys, TdxAnswer.Of(TdxStatusCode.TdKeysNotConfigured), CheckClass.Security);

    /// <summary>The op state's lock, and whether the function runs in it.</summary>
    public static Check<HostCall, TdxAnswer>[] OpState(string function, CheckClass checkClass = CheckClass.Integrity) =>
    [
        new($"{function}/op-state-busy", "tdx-module, check_state_map_tdcs_and_lock", "a TD changing its state meanwhile", IsOpStateBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.OpState), CheckClass.Integrity),
        OpStateAllowed(function, checkClass),
    ];

    /// <summary>Whether the function runs in the TD's op state, for one that takes no lock of it.</summary>
    public static Check<HostCall, TdxAnswer> OpStateAllowed(string function, CheckClass checkClass = CheckClass.Integrity) =>
        new($"{function}/op-state", "tdx-module, op state tables", "a step the TD is too young or too old for", IsOpStateWrong, TdxAnswer.Of(TdxStatusCode.OpStateIncorrect), checkClass);

    private static bool IsVersionUnknown(ref HostCall call) => call.Version > call.Function.HighestVersion;

    private static bool HasReservedFlags(ref HostCall call) => (call.Registers.Rdx & call.FlagPadding & ~call.Function.FlagBits) != 0;

    private static bool IsMisformed(ref HostCall call) => call.TdOperand % 4096 != 0 || call.TdOperand >> call.State.Platform.HkidShift != 0;

    private static bool IsOutside(ref HostCall call) => !call.State.Pamt.IsKnown(TdrOf(call));

    private static bool IsBusy(ref HostCall call) => call.State.Locks.Any && HeldPages.AreBusy(call.State, TdrOf(call), PageSize.Size4K, call.Function.TdExclusive);

    private static bool IsNoTd(ref HostCall call)
    {
        call.Td = call.State.FindTd(TdrOf(call));
        return call.Td is null;
    }

    private static bool IsFatal(ref HostCall call) => call.Td is { IsFatal: true };

    private static bool HasNoKeys(ref HostCall call) => call.Td is { Lifecycle: not TdLifecycle.KeysConfigured };

    private static bool HasNoControlPages(ref HostCall call) => call.Td is { ControlPages.Count: < Td.FewestControlPages };

    private static bool IsOpStateBusy(ref HostCall call) => call.Td is { } td && call.State.Locks.IsBusy(HeldLock.OpState(td.Tdr), exclusive: false);

    private static bool IsOpStateWrong(ref HostCall call) => call.Td is { } td && (call.Function.OpStates & (1 << (int)td.OpState)) == 0;

    private static Pfn TdrOf(in HostCall call) => new((call.TdOperand & ((1UL << call.State.Platform.HkidShift) - 1)) >> 12);
}
