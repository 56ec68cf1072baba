namespace GuestMemory;

/// <summary>Keeps one window of frames for some purposes, so that they never share a 2M neighbourhood with the rest.</summary>
/// <remarks>Proposed for SNP firmware and VMSA pages (physmap-split, buffer pool).</remarks>
public sealed class BufferPool : IFrameChoice
{
    private readonly PfnRange _window;
    private readonly FramePurpose[] _purposes;

    /// <summary>Creates the choice.</summary>
    /// <param name="window">The window.</param>
    /// <param name="purposes">What is taken from it, and nothing else is.</param>
    public BufferPool(PfnRange window, params FramePurpose[] purposes)
    {
        ArgumentNullException.ThrowIfNull(purposes);
        _window = window;
        _purposes = [.. purposes];
    }

    /// <inheritdoc/>
    public bool TryChoose(FramePool pool, in FrameRequest request, out PfnRange frames)
    {
        ArgumentNullException.ThrowIfNull(pool);
        // The window may reach beyond a small machine; only frames that exist are looked at.
        var all = pool.AllFrames;
        if (_purposes.AsSpan().Contains(request.Purpose))
        {
            return pool.TryFindFree(_window.Intersect(all), request, out frames);
        }

        return pool.TryFindFree(PfnRange.FromBounds(all.Start, Earlier(_window.Start, all.End)), request, out frames)
            || pool.TryFindFree(PfnRange.FromBounds(Earlier(_window.End, all.End), all.End), request, out frames);
    }
    private static Pfn Earlier(Pfn left, Pfn right) => left < right ? left : right;
}
