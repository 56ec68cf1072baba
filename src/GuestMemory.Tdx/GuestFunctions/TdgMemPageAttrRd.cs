namespace GuestMemory.Tdx;

/// <summary>TDG.MEM.PAGE.ATTR.RD: tells the guest how a page is mapped. Without nested VMs there is no attribute to tell. Source: tdx-module, tdg_mem_page_attr_rd.c.</summary>
internal static class TdgMemPageAttrRd
{
    private const string Name = "TDG.MEM.PAGE.ATTR.RD";
    private const string Source = "tdx-module, tdg_mem_page_attr_rd.c";

    /// <summary>The function. RCX guest address.</summary>
    public static GuestFunction Function { get; } = new(TdxFunction.GuestPageAttrRd, Name, Commit,
    [
        GuestChecks.Private(Name),
        new(Name + "/walk", Source, "a TD without a tree", HasNoTree, GuestAnswer.Leave(GuestExit.Plain), CheckClass.Integrity),
        .. GuestChecks.Locked(Name),
        new(Name + "/state", Source, "an answer about a page that is not there", GuestChecks.IsStateWrong, GuestAnswer.Leave(GuestExit.Plain), CheckClass.Integrity),
    ])
    {
        NamesLevel = false,
    };

    private static void Commit(ref GuestCall call)
    {
        if (call.Place.Exists)
        {
            call.Result = GuestPageAnswers.Mapping(call, new Gpa(call.Registers.Rcx).Frame);
        }
    }

    // Whether the walk came to a leaf is not looked at: the state of where it ended says enough.
    private static bool HasNoTree(ref GuestCall call)
    {
        call.Walk();
        return !call.Place.Exists;
    }
}
