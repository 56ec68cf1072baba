namespace GuestMemory;

/// <summary>Says whose a frame is: the host's, firmware's, in transit or a guest's, and who borrows it.</summary>
/// <remarks>
/// Where mapping itself transfers ownership (TDX, pKVM, CCA data granules) <see cref="Prepare"/>, <see cref="Reclaim"/>,
/// <see cref="Split"/> and <see cref="Merge"/> only check, or take the frame into transit, and the <see cref="ISecondaryMmu"/> changes the table in the same
/// step as the translation. What a guest starts (PVALIDATE, ACCEPT, sharing back) is the technology's own operation.
/// A refused call changes nothing.
/// </remarks>
public interface IOwnershipTable : IStateful
{
    /// <summary>What the table says of a frame. Total: every frame of the machine has an answer.</summary>
    /// <param name="frame">The frame.</param>
    OwnershipEntry LookUp(Pfn frame);

    /// <summary>Makes a run of frames ready for a guest. Idempotent; kept if the map that follows is retried.</summary>
    /// <param name="request">The frames, the guest and its frames, and as what.</param>
    /// <returns>Success, or the table's own status.</returns>
    Outcome Prepare(in OwnershipRequest request);

    /// <summary>Takes a run of frames back for the host. May fail: the caller then leaks them or does what that path really does.</summary>
    /// <param name="frames">The frames.</param>
    Outcome Reclaim(PfnRange frames);

    /// <summary>Splits the entry that covers a page into entries of the next smaller size, rights and owner kept. Splitting what is small already succeeds.</summary>
    /// <param name="page">The page the large entry covers.</param>
    Outcome Split(PhysicalPage page);

    /// <summary>Merges the entries of a page into one of the page's size.</summary>
    /// <param name="page">The page to be covered by one entry.</param>
    Outcome Merge(PhysicalPage page);

    /// <summary>Judges an access. A denied access changes no byte and no entry.</summary>
    /// <param name="access">The access.</param>
    /// <returns>Success, or a fault with the technology's cause.</returns>
    Outcome Check(in FrameAccess access);
}
