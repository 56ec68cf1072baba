namespace GuestMemory;

/// <summary>Where a slot says a guest frame's page is.</summary>
/// <param name="Source">The side: a file, or a process's address space.</param>
/// <param name="Index">Page of that source.</param>
/// <param name="Slot">The slot that says so.</param>
public readonly record struct PageLocation(IPageSource Source, PageIndex Index, SlotHandle Slot)
{
    /// <summary>The location in words.</summary>
    public override string ToString() => $"{Index} ({Slot})";
}
