namespace GuestMemory.Rmp;

/// <summary>What holds for a page by itself.</summary>
/// <returns>Whether it holds.</returns>
internal delegate bool RmpPagePredicate(in RmpPage page);
