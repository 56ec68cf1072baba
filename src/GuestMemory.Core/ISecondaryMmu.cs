namespace GuestMemory;

/// <summary>Holds translations that never outlive their page.</summary>
/// <remarks>
/// The input frame is the tree's own: a guest frame, or the page number of a device's or process's address. Sample, begin
/// and end belong to the VM (<see cref="InvalidationSequence"/>), for all its trees. <see cref="Unmap"/> stops new walks;
/// <see cref="Flush"/> ends use by what runs, and only it gives the frames back. A nested page table, KVM's mirror of a
/// Secure EPT, an IOMMU and a host page table all fit.
/// </remarks>
public interface ISecondaryMmu : IStateful
{
    /// <summary>Makes a translation, unless an invalidation ran since the request's sample.</summary>
    /// <param name="request">The translation.</param>
    MmuAnswer Map(in MapRequest request);

    /// <summary>Stops new walks through a range. Whole leaves go: a large one goes when any part of it is named, unless the tree splits it first because what it unmaps loses its bytes.</summary>
    /// <param name="range">The input frames.</param>
    /// <param name="kinds">Which kinds of entry.</param>
    MmuAnswer Unmap(GfnRange range, KindFilter kinds);

    /// <summary>Ends use of what was unmapped in a range and gives its frames back. Whole leaves again, as <see cref="Unmap"/>.</summary>
    /// <param name="range">The input frames.</param>
    MmuAnswer Flush(GfnRange range);

    /// <summary>Splits a leaf into leaves of the next smaller size, frames and rights kept.</summary>
    /// <param name="gfn">A frame the leaf covers.</param>
    MmuAnswer Split(Gfn gfn);

    /// <summary>Merges leaves into one of a larger size; they must be contiguous and alike.</summary>
    /// <param name="gfn">First input frame, aligned to <paramref name="size"/>.</param>
    /// <param name="size">The larger size.</param>
    MmuAnswer Merge(Gfn gfn, PageSize size);

    /// <summary>The translation a new walk finds.</summary>
    /// <param name="gfn">The input frame.</param>
    /// <param name="translation">Its translation.</param>
    bool TryTranslate(Gfn gfn, out Translation translation);
}
