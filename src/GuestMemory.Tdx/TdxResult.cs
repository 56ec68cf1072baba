namespace GuestMemory.Tdx;

/// <summary>What a function answers: its status and the registers it writes. The default is success with zeroes.</summary>
/// <param name="Status">RAX.</param>
/// <param name="DecidedBy">The rule that refused; <see langword="null"/> when none did.</param>
/// <param name="Rcx">RCX: entry information after some refusals, an address after some successes; otherwise 0.</param>
/// <param name="Rdx">RDX: level and state of an entry after some refusals; otherwise 0.</param>
/// <param name="R8">R8, where the function writes it; otherwise 0.</param>
/// <param name="R9">R9, where the function writes it; otherwise 0.</param>
/// <param name="R10">R10, where the function writes it; otherwise 0.</param>
/// <param name="R11">R11, where the function writes it; otherwise 0.</param>
public readonly record struct TdxResult(
    TdxStatus Status, Rule? DecidedBy = null, ulong Rcx = 0, ulong Rdx = 0, ulong R8 = 0, ulong R9 = 0, ulong R10 = 0, ulong R11 = 0)
{
    /// <summary>Whether bit 63 of the status is clear.</summary>
    public bool IsSuccess => !Status.IsError;

    /// <summary>Core's outcome: the status as its code, RCX beside it.</summary>
    public Outcome ToOutcome() => new(Lane.Status, Status.Value, Rcx, DecidedBy);

    /// <summary>The status, and the rule in brackets.</summary>
    public override string ToString() => DecidedBy is null ? Status.ToString() : $"{Status} [{DecidedBy.Id}]";
}
