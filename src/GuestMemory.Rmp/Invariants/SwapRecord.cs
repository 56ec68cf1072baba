namespace GuestMemory.Rmp;

/// <summary>A metadata entry that can still bring a page back, and whose it is.</summary>
internal readonly record struct SwapRecord(Pfn Context, uint Guest, SwapMetadata Entry);
