namespace GuestMemory;

/// <summary>A rule of Core's own, with the status it refuses with.</summary>
public sealed class CoreRule : Rule
{
    internal CoreRule(string id, string source, string stops, CoreStatus status, CheckClass checkClass = CheckClass.Integrity)
        : base(id, source, stops, checkClass) => Status = status;

    /// <summary>What the caller is told.</summary>
    public CoreStatus Status { get; }

    /// <summary>What Linux answers where this rule stops <see cref="VirtualMachine.Populate"/>.</summary>
    public Errno PopulateErrno => Status switch
    {
        CoreStatus.AlreadyPopulated => Errno.EEXIST,
        CoreStatus.OutOfFrames => Errno.ENOMEM,
        CoreStatus.Interrupted => Errno.EINTR,
        CoreStatus.Poisoned => Errno.EHWPOISON,
        _ => Errno.EINVAL,
    };

    /// <summary>The refusal.</summary>
    /// <param name="info">What belongs to it: an address, a mapper, a count.</param>
    public Outcome Refuse(ulong info = 0) => new(Lane.Status, (ulong)Status, info, this);
}
