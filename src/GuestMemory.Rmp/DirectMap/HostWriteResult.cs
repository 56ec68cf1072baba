namespace GuestMemory.Rmp;

/// <summary>A write of the kernel's through the direct map.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Verdict">The RMP's verdict on the first try.</param>
public readonly record struct HostWriteResult(HostWriteOutcome Outcome, AccessVerdict Verdict = default)
{
    /// <summary>Whether the bytes are written in the end.</summary>
    public bool IsDone => Outcome is HostWriteOutcome.Done or HostWriteOutcome.Repaired;

    /// <summary>Whether the kernel does not survive it.</summary>
    public bool IsFatal => Outcome is HostWriteOutcome.Oops or HostWriteOutcome.DoubleFault or HostWriteOutcome.TripleFault;

    /// <summary>Outcome and verdict.</summary>
    public override string ToString() => Verdict.IsAllowed ? $"{Outcome}" : $"{Outcome}: {Verdict}";
}
