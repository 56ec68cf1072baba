namespace GuestMemory.Tdx;

/// <summary>TDH.PHYMEM.CACHE.WB: writes back the caches of the caller's package, piece by piece. Source: tdx-module, tdh_phymem_cache_wb.c.</summary>
internal static class TdhPhymemCacheWb
{
    private const string Name = "TDH.PHYMEM.CACHE.WB";
    private const string Source = "tdx-module, tdh_phymem_cache_wb.c";
    private const ulong Start = 0;
    private const ulong Resume = 1;

    /// <summary>An interrupt stops it between two pieces.</summary>
    public static Rule Interrupted { get; } = new(Name + "/interrupted", Source, "a processor kept from its interrupts", CheckClass.Integrity);

    /// <summary>The function. RCX 0 to start, 1 to go on. A start forgets what was interrupted before, also when it has nothing to do.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.PhymemCacheWb, Name, Commit,
    [
        TdChecks.Version(Name),
        new(Name + "/command", Source, "a command there is not", IsUnknown, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rcx)),
        new(Name + "/busy", Source, "two processors writing back one package", IsBusy, TdxAnswer.Of(TdxStatusCode.OperandBusy, TdxOperand.Wbcache), CheckClass.Integrity),
        KeyChecks.Lock(Name, exclusive: false),
        new(Name + "/hkids", Source, "work for nobody", HasNothing, TdxAnswer.Of(TdxStatusCode.NoHkidReadyToWbcache) with { Residue = AnswerResidue.Begun }, CheckClass.Integrity),
        new(Name + "/resume", Source, "the end of what did not begin", IsNotOpen, TdxAnswer.Of(TdxStatusCode.WbcacheResumeError), CheckClass.Integrity),
    ])
    {
        Begin = Forget,
    };

    private static void Commit(ref HostCall call)
    {
        var (package, all) = (Package(call), call.State.Platform.CacheBlocks);
        ref var state = ref call.State.CacheWriteBacks[package];
        var work = call.Registers.Rcx == Start ? new CacheWriteBack(true, 0, call.State.Keys.Flushed()) : state;
        var polls = Math.Max(0, all - work.BlocksDone - 1);
        var seen = call.State.Interrupts.Poll(polls);
        if (seen < polls)
        {
            state = work with { BlocksDone = work.BlocksDone + seen + 1 };
            call.Result = new(TdxStatus.Of(TdxStatusCode.InterruptedResumable), Interrupted);
            return;
        }

        state = default;
        call.State.Keys.WrittenBack(work.Hkids, package);
    }

    private static void Forget(ref HostCall call) => call.State.CacheWriteBacks[Package(call)] = default;

    private static int Package(in HostCall call) => call.State.Platform.PackageOf(call.Processor);

    private static bool IsUnknown(ref HostCall call) => call.Registers.Rcx > Resume;

    private static bool IsBusy(ref HostCall call) => call.State.Locks.IsBusy(HeldLock.CacheWriteBack(Package(call)), exclusive: true);

    private static bool HasNothing(ref HostCall call) => call.Registers.Rcx == Start && call.State.Keys.Flushed() == 0;

    private static bool IsNotOpen(ref HostCall call) => call.Registers.Rcx != Start && !call.State.CacheWriteBacks[Package(call)].IsOpen;
}
