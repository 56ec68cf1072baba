namespace GuestMemory.Tdx;

/// <summary>Finds translations that outlived their page.</summary>
internal static class StaleAccess
{
    /// <summary>Whether a frame is a TD's accepted page at a guest frame no more, by PAMT and Secure EPT. A blocked page still is.</summary>
    public static bool IsStale(ModuleState state, Td td, Gfn gfn, Pfn frame)
    {
        var page = state.Pamt.LookUp(frame, out _);
        if (page.Type != PageType.Reg || page.Owner != td.Tdr || td.Sept is not { } tree)
        {
            return true;
        }

        var place = tree.Find(gfn);
        return !place.Entry.IsLeaf || place.Entry.State.IsPending()
            || place.Entry.Page(place.Level) + (gfn.Value & (place.Level.FrameCount() - 1)) != frame;
    }
}
