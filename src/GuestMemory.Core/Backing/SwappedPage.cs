namespace GuestMemory;

/// <summary>A page a store wrote out: its bytes, without a frame.</summary>
/// <param name="Index">Page of the store.</param>
/// <param name="Words">Its non-zero words, in order.</param>
internal readonly record struct SwappedPage(ulong Index, SavedWord[] Words);
