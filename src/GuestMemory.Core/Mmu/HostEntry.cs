namespace GuestMemory;

/// <summary>A run of a process's page table entries.</summary>
/// <param name="Frame">Frame of the first.</param>
/// <param name="Writable">Writes go through without a fault.</param>
/// <param name="IsZeroPage">The kernel's zero page stands in: every entry of the run has frame 0.</param>
/// <param name="IsPoisoned">A marker left by a hardware error: nothing is mapped, every touch raises SIGBUS.</param>
public readonly record struct HostEntry(Pfn Frame, bool Writable, bool IsZeroPage, bool IsPoisoned) : IRangeValue<HostEntry>
{
    /// <inheritdoc/>
    public HostEntry Advance(ulong count) => IsZeroPage ? this : this with { Frame = Frame + count };

    /// <summary>The entry in words.</summary>
    public override string ToString() => IsPoisoned ? "poisoned" : $"{Frame}{(Writable ? ", writable" : "")}";
}
