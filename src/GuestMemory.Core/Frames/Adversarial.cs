namespace GuestMemory;

/// <summary>Puts frames where they do most harm: beside frames of another purpose in the same 2M block, one at a time.</summary>
public sealed class Adversarial : IFrameChoice
{
    /// <summary>The one instance; it holds nothing.</summary>
    public static Adversarial Instance { get; } = new();

    /// <inheritdoc/>
    public bool TryChoose(FramePool pool, in FrameRequest request, out PfnRange frames)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var one = request with { Most = request.Granule };
        foreach (var run in pool.Runs)
        {
            var block = new Pfn(run.Start).AlignDown(PageSize.Size2M);
            var window = PfnRange.FromBounds(block, new(Math.Min((block + PageSize.Size2M.FrameCount()).Value, pool.AllFrames.End.Value)));
            if (run.Value.Purpose != request.Purpose && pool.TryFindFree(window, one, out frames))
            {
                return true;
            }
        }

        return pool.TryFindFree(pool.AllFrames, one, out frames);
    }
}
