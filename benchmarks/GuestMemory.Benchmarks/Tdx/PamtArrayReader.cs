using GuestMemory.Tdx;

namespace GuestMemory.Benchmarks;

/// <summary>One read of an array of PAMT entries: what the table is compared with.</summary>
internal readonly struct PamtArrayReader(PamtEntry[] entries) : IFrameReader
{
    public ulong Read(uint frame)
    {
        ref readonly var entry = ref entries[frame];
        return entry.Low ^ entry.Bepoch;
    }
}
