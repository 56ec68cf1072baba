namespace GuestMemory;

/// <summary>One place of a slot table.</summary>
/// <param name="Slot">The slot there; its object stays when the place is freed.</param>
/// <param name="AddressSpace">The slot's guest address space.</param>
/// <param name="IsLive">Whether the slot is in use.</param>
public readonly record struct SlotPlace(IMemslot Slot, int AddressSpace, bool IsLive)
{
    /// <summary>The place in words.</summary>
    public override string ToString() => IsLive ? $"{Slot.Gfns} in address space {AddressSpace}" : "freed";
}
