namespace GuestMemory;

/// <summary>A run of frames to be made ready for a guest.</summary>
/// <param name="Frames">The frames.</param>
/// <param name="Guest">The guest.</param>
/// <param name="Gfn">Guest frame of the first of them; the run is contiguous on both sides.</param>
/// <param name="Kind">As the guest's own, or shared with it.</param>
/// <param name="Size">Largest entry the table may make.</param>
public readonly record struct OwnershipRequest(PfnRange Frames, GuestId Guest, Gfn Gfn, PageKind Kind, PageSize Size = PageSize.Size4K)
{
    /// <summary>The request in words.</summary>
    public override string ToString() => $"{Frames} for {Guest} at {Gfn}, {Kind}";
}
