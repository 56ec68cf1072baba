namespace GuestMemory.Rmp;

/// <summary>Rules of the host's side that are no instruction's and no command's.</summary>
public static class SnpHostRules
{
    /// <summary>A page on the leak list is not given back.</summary>
    public static Rule Leaked { get; } = new("SNP_HOST/leaked", "linux-sev-host, leaked pages", "a page in an unknown state used again", CheckClass.Security);

    /// <summary>A page the table will not give back stays where it is.</summary>
    public static Rule NotReclaimed { get; } = new("SNP_HOST/not-reclaimed", "linux-kvm-sev, launch and reclaim paths", "an assigned page on the free list", CheckClass.Security);

    /// <summary>Entries of live guest memory are not merged: UNSMASH wants them immutable.</summary>
    public static Rule NoMerge { get; } = new("SNP_HOST/no-merge", "snp-abi, 8.25", "merging under a running guest");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Rule> All { get; } = [Leaked, NotReclaimed, NoMerge];
}
