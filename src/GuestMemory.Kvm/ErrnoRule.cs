namespace GuestMemory.Kvm;

/// <summary>A rule of the kernel's face outside a table, with the errno it refuses with.</summary>
internal sealed class ErrnoRule : Rule
{
    public ErrnoRule(string id, string source, string stops, Errno errno, CheckClass checkClass = CheckClass.Encoding)
        : base(id, source, stops, checkClass) => Errno = errno;

    /// <summary>What the caller is told.</summary>
    public Errno Errno { get; }

    /// <summary>The refusal.</summary>
    public Outcome Refuse() => new(Lane.Status, (ulong)Errno, 0, this);
}
