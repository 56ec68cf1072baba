namespace GuestMemory.Tdx.Tests.Docs;

/// <summary>What a function did to a PAMT entry.</summary>
internal readonly record struct PageTypeChange(TdxFunction Function, PageSize Size, PageType From, PageType To);
