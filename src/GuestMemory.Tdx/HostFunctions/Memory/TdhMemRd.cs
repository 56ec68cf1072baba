namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.RD: reads eight bytes of a debug TD. What its walk finds can be read in every state. Source: tdx-module, tdh_mem_rd_wr.c.</summary>
internal static class TdhMemRd
{
    private const string Name = "TDH.MEM.RD";

    /// <summary>The function. RCX guest address, RDX TD. Answers the bytes in R8.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemRd, Name, Commit, DebugAccess.Checks(Name));

    private static void Commit(ref HostCall call)
    {
        SeptSteps.Write(ref call, call.Entry);
        if (call.Entry.IsLeaf)
        {
            call.Result = new(TdxStatus.Success, R8: call.State.Memory.Read(DebugAccess.Place(call), length: 8, call.TdKey));
        }
    }
}
