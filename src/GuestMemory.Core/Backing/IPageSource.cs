namespace GuestMemory;

/// <summary>One side of a slot: where its pages come from. A file's view of a store, or a process's address space.</summary>
public interface IPageSource
{
    /// <summary>Gives the page, allocating it when it is not there.</summary>
    /// <param name="request">Which page, for whom, for what.</param>
    /// <param name="page">The page.</param>
    Outcome GetPage(in PageRequest request, out BackingPage page);
}
