namespace GuestMemory.Tdx;

/// <summary>TDH.MNG.ADDCX: gives a TD a control page. Source: tdx-module, tdh_mng_add_cx.c.</summary>
internal static class TdhMngAddcx
{
    private const string Name = "TDH.MNG.ADDCX";
    private const string Source = "tdx-module, tdh_mng_add_cx.c";

    /// <summary>The function. RCX page, RDX TD.</summary>
    /// <remarks>The op state lies in the control pages: it is looked at from the seventh page on, and after the page was filled.</remarks>
    public static HostFunction Function { get; } = new(TdxFunction.MngAddcx, Name, Commit,
    [
        TdChecks.Version(Name),
        .. TdChecks.Operand(Name),
        TdChecks.Fatal(Name),
        TdChecks.Keys(Name),
        new(Name + "/number", Source, "more control pages than a TD has room for", IsFull, TdxAnswer.Of(TdxStatusCode.TdcxNumberIncorrect), CheckClass.Integrity),
        .. PageChecks.FreeInRcx(Name),
        new(Name + "/op-state", Source, "a TD that grows after it was initialised", IsOpStateWrong, TdxAnswer.Of(TdxStatusCode.OpStateIncorrect) with { Residue = AnswerResidue.Begun }, CheckClass.Integrity),
    ])
    {
        TdExclusive = true,
        Begin = ControlSteps.FillTdcx,
    };

    private static void Commit(ref HostCall call)
    {
        if (call.Td is not { } td)
        {
            return;
        }

        var frame = new Spa(call.Registers.Rcx).Frame;
        ControlSteps.FillTdcx(ref call);
        ControlSteps.Give(ref call, frame, PageType.Tdcx);
        td.ControlPageList.Add(frame);
    }

    private static bool IsFull(ref HostCall call) => call.Td is { ControlPages.Count: >= Td.MostControlPages };

    private static bool IsOpStateWrong(ref HostCall call) =>
        call.Td is { ControlPages.Count: >= Td.FewestControlPages } td && (call.Function.OpStates & (1 << (int)td.OpState)) == 0;
}
