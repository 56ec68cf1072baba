namespace GuestMemory.Tdx;

/// <summary>The host's own rules, where the module is not asked.</summary>
public static class TdxHostRules
{
    /// <summary>The module's pages come from the machine's pool.</summary>
    public static TdxHostRule NoPage { get; } = new("KVM_TDX/no-page", "a TD without memory", Errno.ENOMEM);

    /// <summary>What the module refused for good.</summary>
    public static TdxHostRule Module { get; } = new("KVM_TDX/module", "going on when the module refused", Errno.EIO);

    /// <summary>What the module had locked.</summary>
    public static TdxHostRule Busy { get; } = new("KVM_TDX/busy", "waiting for a lock for ever", Errno.EBUSY);

    /// <summary>Every key identifier is taken.</summary>
    public static TdxHostRule NoHkid { get; } = new("KVM_TDX_INIT_VM/no-hkid", "two TDs under one key", Errno.ENOSPC, CheckClass.Integrity);

    /// <summary>What the VMM asked for and the module cannot do on this platform.</summary>
    public static TdxHostRule Parameters { get; } = new("KVM_TDX_INIT_VM/parameters", "a TD the platform cannot have", Errno.EINVAL);

    /// <summary>A vCPU runs in a TD that is finalized.</summary>
    public static TdxHostRule NotFinalized { get; } = new("KVM_RUN/not-finalized", "running what is still being measured", Errno.EINVAL);

    /// <summary>Pages are given ahead of time to a TD that is finalized.</summary>
    public static TdxHostRule PreFaultTooEarly { get; } = new("KVM_PRE_FAULT_MEMORY/not-finalized", "pages of a TD that is still being built", Errno.EOPNOTSUPP);

    /// <summary>A frame goes back to the pool once no TD has it.</summary>
    public static TdxHostRule StillOwned { get; } = new("TDX/still-owned", "a TD's page in the pool", Errno.EIO, CheckClass.Security);

    /// <summary>A frame the TD gave back is rewritten before it is used again; one that cannot be is lost.</summary>
    public static TdxHostRule Unwritten { get; } = new("TDX/unwritten", "lines under a TD's key written back over what is next", Errno.EIO, CheckClass.Security);

    /// <summary>A frame of another TD, or of the module, is not given.</summary>
    public static TdxHostRule Taken { get; } = new("TDX/taken", "one frame for two TDs", Errno.EIO, CheckClass.Security);

    /// <summary>A page is mapped where none is.</summary>
    public static TdxHostRule Occupied { get; } = new("TDX/occupied", "a page replaced under a TD", Errno.EIO, CheckClass.Integrity);

    /// <summary>Pages of 2M are given only by a host with that policy.</summary>
    public static TdxHostRule NoLargePages { get; } = new("TDX/no-large-pages", "mapping larger than Linux maps", Errno.EOPNOTSUPP);

    /// <summary>Pages merge only on a host with that policy.</summary>
    public static TdxHostRule NoPromotion { get; } = new("TDX/no-promotion", "merging what Linux never merges", Errno.EOPNOTSUPP);

    /// <summary>Pages move only on a host with that policy.</summary>
    public static TdxHostRule NoRelocation { get; } = new("TDX/no-relocation", "moving what Linux pins", Errno.EOPNOTSUPP);

    /// <summary>Launch data come from the VMM's memory.</summary>
    public static TdxHostRule NoSource { get; } = new("KVM_TDX_INIT_MEM_REGION/no-source", "measuring what is not there", Errno.EOPNOTSUPP);

    /// <summary>Launch data that cannot be read.</summary>
    public static TdxHostRule Unreadable { get; } = new("KVM_TDX_INIT_MEM_REGION/unreadable", "measuring what is not there", Errno.EFAULT);

    /// <summary>Launch data go to private memory of a slot.</summary>
    public static TdxHostRule Slot { get; } = new("KVM_TDX_INIT_MEM_REGION/slot", "launch data outside private memory", Errno.EINVAL);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Rule> All { get; } =
        [NoPage, Module, Busy, NoHkid, Parameters, NotFinalized, PreFaultTooEarly, StillOwned, Unwritten, Taken, Occupied, NoLargePages, NoPromotion, NoRelocation, NoSource, Unreadable, Slot];
}
