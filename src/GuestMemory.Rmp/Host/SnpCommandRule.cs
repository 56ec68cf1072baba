namespace GuestMemory.Rmp;

/// <summary>A rule of KVM's commands, with the errno it refuses with.</summary>
public sealed class SnpCommandRule : Rule
{
    internal SnpCommandRule(string id, string stops, Errno errno)
        : base(id, "linux-kvm-sev, SNP launch", stops) => Errno = errno;

    /// <summary>What the VMM is told.</summary>
    public Errno Errno { get; }

    internal Outcome Refuse(ulong info = 0) => new(Lane.Status, (ulong)Errno, info, this);
}
