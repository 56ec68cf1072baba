namespace GuestMemory.Tdx;

/// <summary>TDH.PHYMEM.PAMT.REMOVE: takes the two pages back that held a 2M range's 4K entries. Source: tdx-module-2, tdh_phymem_pamt_remove.c.</summary>
internal static class TdhPhymemPamtRemove
{
    private const string Name = "TDH.PHYMEM.PAMT.REMOVE";
    private const string Source = "tdx-module-2, tdh_phymem_pamt_remove.c";
    private const int EntriesInPage = 256;

    /// <summary>The function. RCX range and level 1; answers the pages in RDX and R8. A refusal says which of the two pages is in use, 0 or 1.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.PhymemPamtRemove, Name, Commit,
    [
        TdChecks.Version(Name),
        PamtRangeChecks.Form(Name),
        .. PamtRangeChecks.Entry(Name),
        new(Name + "/pair", Source, "a pair given back that was not given", HasNoPair, TdxAnswer.Of(TdxStatusCode.NoPamtPagePair, TdxOperand.Rcx), CheckClass.Integrity),
        new(Name + "/first-empty", Source, "metadata of pages in use given back", IsFirstUsed, TdxAnswer.Of(TdxStatusCode.PamtPageNotEmpty), CheckClass.Integrity),
        new(Name + "/second-empty", Source, "metadata of pages in use given back", IsSecondUsed, new(TdxStatus.Of(TdxStatusCode.PamtPageNotEmpty, 1U)), CheckClass.Integrity),
    ])
    {
        NeedsDynamicPamt = true,
    };

    private static void Commit(ref HostCall call)
    {
        var range = PamtRangeChecks.RangeOf(call);
        if (!call.State.PamtPairs.IsThere(range))
        {
            return;
        }

        var (first, second) = call.State.PamtPairs.PagesOf(range);
        call.State.PamtPairs.Take(range);
        call.Result = new(default, null, Rdx: first.Address.Value, R8: second.Address.Value);
    }

    private static bool HasNoPair(ref HostCall call) => PamtRangeChecks.TypeOf(call) != PageType.Pamt;

    private static bool IsFirstUsed(ref HostCall call) => AnyUsed(call, 0);

    private static bool IsSecondUsed(ref HostCall call) => AnyUsed(call, EntriesInPage);

    private static bool AnyUsed(in HostCall call, ulong from)
    {
        for (var page = from; page < from + EntriesInPage; page++)
        {
            if (call.State.Pamt[PageSize.Size4K, PamtRangeChecks.RangeOf(call) + page].IsUsed)
            {
                return true;
            }
        }

        return false;
    }
}
