namespace GuestMemory;

/// <summary>What an ownership table says of one frame.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Gfn">The owner's guest frame; meaningful for a guest owner only.</param>
/// <param name="Borrowers">How many parties besides the owner may use it.</param>
/// <param name="Borrower">The first of them; no guest when there is none, or when it is the host.</param>
/// <param name="EntrySize">Size of the table's entry that covers the frame.</param>
/// <param name="LargestMapping">Largest translation that may lead to it.</param>
public readonly record struct OwnershipEntry(
    FrameOwner Owner, Gfn Gfn, int Borrowers, GuestId Borrower, PageSize EntrySize, PageSize LargestMapping)
{
    /// <summary>The entry in words.</summary>
    public override string ToString() => $"{Owner}{(Borrowers > 0 ? $", lent to {Borrowers}" : "")}, entry {EntrySize}";
}
