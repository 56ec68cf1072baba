namespace GuestMemory;

/// <summary>A run of a process's pages mapped to a store.</summary>
/// <param name="Store">The store, by its number.</param>
/// <param name="Index">Page of the store behind the first page.</param>
/// <param name="Rights">What the process may do.</param>
/// <param name="IsShared">Writes go to the store's own page (a shared mapping), or the store is the process's own memory (private).</param>
/// <param name="Holder">The mapper's own number of what keeps the store alive; -1 when the mapping alone does.</param>
/// <param name="IsLocked">Locked in memory.</param>
public readonly record struct HostArea(int Store, PageIndex Index, HostRights Rights, bool IsShared, int Holder, bool IsLocked)
    : IRangeValue<HostArea>
{
    /// <inheritdoc/>
    public HostArea Advance(ulong count) => this with { Index = Index + count };

    /// <summary>The area in words.</summary>
    public override string ToString() => $"store {Store} {Index} {Rights}{(IsShared ? " shared" : "")}{(IsLocked ? " locked" : "")}";
}
