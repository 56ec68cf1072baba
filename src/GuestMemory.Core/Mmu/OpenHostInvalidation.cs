namespace GuestMemory;

/// <summary>An invalidation a store began on a process's pages and has not ended.</summary>
/// <param name="Store">The store, by its number.</param>
/// <param name="StorePages">Its pages.</param>
/// <param name="Pages">The process's pages mapped to them.</param>
internal readonly record struct OpenHostInvalidation(int Store, PageIndexRange StorePages, PageIndexRange Pages);
