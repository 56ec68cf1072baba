namespace GuestMemory;

/// <summary>A VM's invalidation sequence number as a fault saw it before it looked at anything the invalidation protects.</summary>
/// <param name="Sequence">The number.</param>
public readonly record struct MmuSample(ulong Sequence)
{
    /// <summary>"sample 3".</summary>
    public override string ToString() => $"sample {Sequence}";
}
