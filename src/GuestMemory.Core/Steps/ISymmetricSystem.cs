namespace GuestMemory;

/// <summary>A system with things that are alike (pages, guests, vCPUs): states that differ only in which of them is which count as one.</summary>
/// <remarks>
/// For every exchange of like things, steps and their answers are exchanged with them. Signatures do not depend on which is which, not even on that of things in other groups.
/// </remarks>
public interface ISymmetricSystem : IStepSystem
{
    /// <summary>Sizes of the groups of like things; at most 8 groups of at most 8.</summary>
    IReadOnlyList<int> Groups { get; }

    /// <summary>What tells one thing from its like in the present state: equal only where exchanging the two may lead to an equal state.</summary>
    /// <param name="group">An index into <see cref="Groups"/>.</param>
    /// <param name="thing">0 to the group's size - 1.</param>
    ulong Signature(int group, int thing);

    /// <summary>Writes the state with its things in another order: equal bytes for states that are equal but for the order.</summary>
    /// <param name="order">Which thing comes where.</param>
    /// <param name="writer">Where to.</param>
    void WriteOrdered(in ThingOrder order, ref StateWriter writer);
}
