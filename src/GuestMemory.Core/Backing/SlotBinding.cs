namespace GuestMemory;

/// <summary>A run of a file's pages bound to a slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Gfn">Guest frame of the first page.</param>
public readonly record struct SlotBinding(SlotHandle Slot, Gfn Gfn) : IRangeValue<SlotBinding>
{
    /// <inheritdoc/>
    public SlotBinding Advance(ulong count) => this with { Gfn = Gfn + count };

    /// <summary>Slot and guest frame.</summary>
    public override string ToString() => $"{Slot} at {Gfn}";
}
