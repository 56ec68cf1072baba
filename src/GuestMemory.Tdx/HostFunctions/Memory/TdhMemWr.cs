namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.WR: writes eight bytes of a debug TD. Source: tdx-module, tdh_mem_rd_wr.c.</summary>
internal static class TdhMemWr
{
    private const string Name = "TDH.MEM.WR";

    /// <summary>The function. RCX guest address, RDX TD, R8 bytes. Answers in R8 what was there.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemWr, Name, Commit,
    [
        .. DebugAccess.Checks(Name),
        SeptChecks.State(Name, CheckClass.Integrity),
    ]);

    private static void Commit(ref HostCall call)
    {
        SeptSteps.Write(ref call, call.Entry);
        if (call.Entry.IsLeaf)
        {
            var (memory, at) = (call.State.Memory, DebugAccess.Place(call));
            call.Result = new(TdxStatus.Success, R8: memory.Read(at, length: 8, call.TdKey));
            memory.Write(at, length: 8, call.Registers.R8, call.TdKey);
        }
    }
}
