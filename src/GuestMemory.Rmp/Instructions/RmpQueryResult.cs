namespace GuestMemory.Rmp;

/// <summary>How RMPQUERY ended.</summary>
/// <param name="Status">EAX; meaningless with a fault.</param>
/// <param name="Permissions">The target level's mask.</param>
/// <param name="Vmsa">Whether the page may be a save area; shown to VMPL 0 only.</param>
/// <param name="Size">The entry's size.</param>
/// <param name="Fault">The fault, if any.</param>
/// <param name="DecidedBy">The rule that refused; <see langword="null"/> when none did.</param>
public readonly record struct RmpQueryResult(
    RmpStatus Status, VmplPermissions Permissions = default, bool Vmsa = false, PageSize Size = default, RmpFault Fault = default, Rule? DecidedBy = null)
{
    /// <summary>Status, mask, VMSA and size, or the fault; the rule in brackets.</summary>
    public override string ToString() =>
        $"{(Fault.IsFault ? Fault.ToString() : $"{Status}: {Permissions}, {Size}{(Vmsa ? ", VMSA" : "")}")}{(DecidedBy is null ? "" : $" [{DecidedBy.Id}]")}";
}
