using GuestMemory.Tdx;

namespace GuestMemory.Benchmarks;

/// <summary>The entry that describes a frame, whatever its size.</summary>
internal readonly struct PamtReader(Pamt pamt) : IFrameReader
{
    public ulong Read(uint frame)
    {
        var entry = pamt.LookUp(new(frame), out _);
        return entry.Low ^ entry.Bepoch;
    }
}
