namespace GuestMemory.Tdx;

/// <summary>A rule of the host's, with the errno Linux gives.</summary>
public sealed class TdxHostRule : Rule
{
    internal TdxHostRule(string id, string stops, Errno errno, CheckClass checkClass = CheckClass.Integrity)
        : base(id, "linux-kvm-tdx, a TD's memory", stops, checkClass) => Errno = errno;

    /// <summary>What the VMM is told.</summary>
    public Errno Errno { get; }

    internal Outcome Refuse(ulong info = 0) => new(Lane.Status, (ulong)Errno, info, this);
}
