namespace GuestMemory.Tdx;

/// <summary>What the attribute functions leave in RCX. Source: tdx-module, gpa_mapping_and_flags.</summary>
internal static class GuestPageAnswers
{
    private const ulong Pending = 1UL << 62;

    /// <summary>Address and level of the mapping that covers a frame, and whether it waits to be accepted. RDX: no attributes.</summary>
    public static GuestResult Mapping(in GuestCall call, Gfn gfn)
    {
        var level = call.Place.Level;
        var first = gfn.Value & ~(level.FrameCount() - 1);
        return new(GuestEvent.Status, Rcx: (first << 12) | (ulong)level | (call.Entry.State.IsPending() ? Pending : 0));
    }
}
