namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.SEPT.RD: tells an entry of the Secure EPT. Source: tdx-module, tdh_mem_sept_rd.c.</summary>
internal static class TdhMemSeptRd
{
    private const string Name = "TDH.MEM.SEPT.RD";
    private const ulong ReadLayers = 1;

    /// <summary>The function. RCX guest address and level, RDX TD and bit 0 tell L2 attributes too. Answers the entry in RCX, level and state in RDX; no L2 VM, so R8 is 0.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemSeptRd, Name, Commit,
    [
        TdChecks.Version(Name),
        TdChecks.Flags(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        new(Name + "/debug", "tdx-module, tdh_mem_sept_rd.c", "attributes of L2 VMs told of a TD that is no debug TD", IsCurious, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.Rdx), CheckClass.Integrity),
        .. SeptChecks.Entry(Name),
    ])
    {
        FlagBits = ReadLayers,
        HighestLevel = null,
    };

    private static void Commit(ref HostCall call)
    {
        SeptSteps.Write(ref call, call.Entry);
        call.Result = EntryInfo.Of(call, TdxStatus.Success, decidedBy: null);
    }

    private static bool IsCurious(ref HostCall call) => (call.Registers.Rdx & ReadLayers) != 0 && call.Td is { IsDebug: false };
}
