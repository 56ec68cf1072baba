namespace GuestMemory.Tdx;

/// <summary>What the host is told of an entry in RCX and RDX. Source: tdx-module, set_arch_septe_details_in_vmm_regs.</summary>
internal static class EntryInfo
{
    /// <summary>An answer about the entry the call walked to; zeroes where none was.</summary>
    /// <param name="call">The call.</param>
    /// <param name="status">The status.</param>
    /// <param name="decidedBy">The rule that refused, if one did.</param>
    /// <param name="clean">Whether the accept counter is taken off first.</param>
    public static TdxResult Of(in HostCall call, TdxStatus status, Rule? decidedBy, bool clean = false)
    {
        if (!call.Place.Exists)
        {
            return new(status, decidedBy);
        }

        var level = call.Place.Level;
        var entry = clean || !call.State.Platform.Version.ShowsAcceptCounter ? call.Entry.WithoutAcceptCounter(level) : call.Entry;
        return new(status, decidedBy, entry.ToInfo(), (ulong)level | ((ulong)entry.State.PublicNumber() << 8));
    }
}
