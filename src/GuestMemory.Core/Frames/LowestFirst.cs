namespace GuestMemory;

/// <summary>Takes the lowest free run. The default.</summary>
public sealed class LowestFirst : IFrameChoice
{
    /// <summary>The one instance; it holds nothing.</summary>
    public static LowestFirst Instance { get; } = new();

    /// <inheritdoc/>
    public bool TryChoose(FramePool pool, in FrameRequest request, out PfnRange frames)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return pool.TryFindFree(pool.AllFrames, request, out frames);
    }
}
