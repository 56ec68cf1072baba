namespace GuestMemory.Kvm;

/// <summary>KVM's note that a guest frame was device memory, and in which generation of the slots.</summary>
/// <param name="Generation">The generation.</param>
public readonly record struct MmioMark(ulong Generation) : IRangeValue<MmioMark>
{
    /// <inheritdoc/>
    public MmioMark Advance(ulong count) => this;

    /// <summary>"device memory in generation 3".</summary>
    public override string ToString() => $"device memory in generation {Generation}";
}
