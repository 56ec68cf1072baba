namespace GuestMemory;

/// <summary>A rule of Core's own, with the status it refuses with.</summary>
public sealed class CoreRule : Rule
{
    internal CoreRule(string id, string source, string stops, CoreStatus status, CheckClass checkClass = CheckClass.Integrity)
        : base(id, source, stops, checkClass) => Status = status;

    /// <summary>What the caller is told.</summary>
    public CoreStatus Status { get; }

    /// <summary>The refusal.</summary>
    /// <param name="info">What belongs to it: an address, a mapper, a count.</param>
    public Outcome Refuse(ulong info = 0) => new(Lane.Status, (ulong)Status, info, this);
}
