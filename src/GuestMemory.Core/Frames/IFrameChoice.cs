namespace GuestMemory;

/// <summary>Chooses which free frames a request gets: a pure function of the pool, so that every run is repeatable.</summary>
public interface IFrameChoice
{
    /// <summary>Chooses a free run.</summary>
    /// <param name="pool">The pool, to look at.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="frames">A free run, granule-aligned, at least one granule and at most what is wanted.</param>
    /// <returns><see langword="false"/> when nothing fits.</returns>
    bool TryChoose(FramePool pool, in FrameRequest request, out PfnRange frames);
}
