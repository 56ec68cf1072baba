namespace GuestMemory.Tdx;

/// <summary>What stops a TD's access through a translation that is there. Source: tdx-module, EPT violations.</summary>
public static class TdxAccessRules
{
    /// <summary>The guest accepts a page before it uses it.</summary>
    public static Rule Pending { get; } = new("TDX/access-pending", "tdx-module, EPT violation of a pending page", "a guest using what it never accepted", CheckClass.Security);

    /// <summary>A page that is being exported is not written.</summary>
    public static Rule WriteBlocked { get; } = new("TDX/access-write-blocked", "tdx-module, EPT violation of a write-blocked page", "a write the export never sees", CheckClass.Security);

    /// <summary>A line is read under the key and by the owner it was written with.</summary>
    public static Rule Integrity { get; } = new("TDX/access-integrity", "tdx-model, memory lines", "a TD reading what the host wrote", CheckClass.Security);

    /// <summary>A broken line is read by nobody.</summary>
    public static Rule HostIntegrity { get; } = new("TDX/access-host-integrity", "tdx-model, memory lines", "broken bytes taken for whole ones", CheckClass.Integrity);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Rule> All { get; } = [Pending, WriteBlocked, Integrity, HostIntegrity];
}
