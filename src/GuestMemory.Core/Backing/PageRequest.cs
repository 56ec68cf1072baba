namespace GuestMemory;

/// <summary>A request for the page behind a guest frame.</summary>
/// <param name="Index">Page of the source: of a file, or of a process's address space.</param>
/// <param name="Slot">The slot on whose behalf; a file gives pages only to the slot bound there.</param>
/// <param name="Write">Whether it is wanted for writing.</param>
public readonly record struct PageRequest(PageIndex Index, SlotHandle Slot, bool Write)
{
    /// <summary>The request in words.</summary>
    public override string ToString() => $"{Index} for {Slot}{(Write ? ", to write" : "")}";
}
