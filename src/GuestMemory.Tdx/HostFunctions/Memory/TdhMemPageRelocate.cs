namespace GuestMemory.Tdx;

/// <summary>TDH.MEM.PAGE.RELOCATE: moves a 4K page to another place in memory, content and all. Source: tdx-module, tdh_mem_page_relocate.c.</summary>
internal static class TdhMemPageRelocate
{
    private const string Name = "TDH.MEM.PAGE.RELOCATE";
    private const ulong AddressBits = (1UL << TdxPlatform.MostAddressBits) - 1;

    /// <summary>The function. RCX guest address, RDX TD, R8 page to move to. Answers the old page in RCX.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.MemPageRelocate, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name),
        .. TdChecks.Alive(Name),
        .. TdChecks.OpState(Name),
        .. SeptChecks.Entry(Name),
        SeptChecks.State(Name, CheckClass.Integrity),
        new(Name + "/same-page", "tdx-module, tdh_mem_page_relocate.c", "a page moved to itself", IsSamePage, TdxAnswer.Of(TdxStatusCode.OperandInvalid, TdxOperand.R8)),
        SeptChecks.EntryPage(Name),
        .. SeptChecks.Tracked(Name),
        .. PageChecks.FreeInR8(Name),
    ]);

    private static void Commit(ref HostCall call)
    {
        if (!call.Entry.IsLeaf)
        {
            SeptSteps.Write(ref call, call.Entry);
            return;
        }

        var (from, to) = (call.EntryFrame, new Spa(call.Registers.R8).Frame);
        if (!call.Entry.State.IsPending())
        {
            call.State.Memory.CopyFrame(from, call.TdKey, to, call.TdKey);
        }

        PageSteps.Take(ref call, from, call.EntrySize);
        PageSteps.Give(ref call, to, PageSize.Size4K, PageType.Reg);
        SeptSteps.Write(ref call, call.Entry.WithPage(to).Unblocked());
        call.Result = new(TdxStatus.Success, Rcx: from.Address.Value);
    }

    private static bool IsSamePage(ref HostCall call) => call.Entry.IsLeaf && call.EntryFrame.Address.Value == (call.Registers.R8 & AddressBits);
}
