namespace GuestMemory;

/// <summary>Proof that an invalidation over a range of a store is open: freeing, moving and poisoning ask for it.</summary>
/// <param name="Pages">The pages.</param>
/// <param name="Failed">A listener could not let go: the frames must be leaked.</param>
public readonly record struct InvalidationScope(PageIndexRange Pages, bool Failed)
{
    /// <summary>The scope in words.</summary>
    public override string ToString() => $"invalidation of {Pages}{(Failed ? ", failed" : "")}";
}
