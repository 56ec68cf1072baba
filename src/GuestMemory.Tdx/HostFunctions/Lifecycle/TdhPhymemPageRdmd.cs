namespace GuestMemory.Tdx;

/// <summary>TDH.PHYMEM.PAGE.RDMD: says whose a page is. Source: tdx-module, tdh_phymem_page_rdmd.c.</summary>
internal static class TdhPhymemPageRdmd
{
    private const string Name = "TDH.PHYMEM.PAGE.RDMD";

    /// <summary>The function. RCX page; answers RCX type, RDX owner, R8 size, R9 block epoch of a private or Secure EPT page.</summary>
    public static HostFunction Function { get; } = new(TdxFunction.PhymemPageRdmd, Name, Commit,
    [
        TdChecks.Version(Name),
        .. AnyPageChecks.InRcx(Name, exclusive: false),
    ]);

    private static void Commit(ref HostCall call)
    {
        var entry = call.PageMetadata;
        var servesPamt = entry.Type == PageType.Nda && call.State.PamtPairs.Serves(AnyPageChecks.FrameOf(call));
        var bepoch = entry.Type is PageType.Reg or PageType.Ept ? entry.Bepoch : 0;
        call.Result = new(default, null, (ulong)(servesPamt ? PageType.Pamt : entry.Type), entry.Owner.Address.Value, (ulong)call.PageSize, bepoch);
    }
}
