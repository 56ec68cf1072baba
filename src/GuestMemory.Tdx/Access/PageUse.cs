namespace GuestMemory.Tdx;

/// <summary>Whether a TD can use a page's bytes, as a host's ownership table asks: nothing is read and nothing ends.</summary>
internal static class PageUse
{
    /// <summary>Whether a TD can read or write every byte of a frame at a guest frame now: mapped there with the right, no line broken for it.</summary>
    public static bool Allows(ModuleState state, Td td, Gfn gfn, Pfn frame, bool isWrite)
    {
        if (td.IsFatal || td.Sept is not { } tree)
        {
            return false;
        }

        var place = tree.Walk(gfn, SeptLevel.Pt);
        return place.Entry.IsLeaf
            && (place.Entry.Rights & (isWrite ? 2UL : 1UL)) != 0
            && place.Entry.Page(place.Level) + (gfn.Value & (place.Level.FrameCount() - 1)) == frame
            && !state.Memory.IsBroken(new(frame, 1), state.Keys.KeyOf(td.Hkid));
    }

    /// <summary>Whether a read of some byte of a frame by the host is a #MC.</summary>
    public static bool BreaksHost(ModuleState state, Pfn frame) => state.Memory.IsBroken(new(frame, 1), ContentKey.None);
}
