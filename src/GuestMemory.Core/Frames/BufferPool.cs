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
        _purposes = purposes;
    }

    /// <inheritdoc/>
    public bool TryChoose(FramePool pool, in FrameRequest request, out PfnRange frames)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (_purposes.AsSpan().Contains(request.Purpose))
        {
            return pool.TryFindFree(_window, request, out frames);
        }

        return pool.TryFindFree(PfnRange.FromBounds(pool.AllFrames.Start, _window.Start), request, out frames)
            || pool.TryFindFree(PfnRange.FromBounds(_window.End, pool.AllFrames.End), request, out frames);
    }
}
