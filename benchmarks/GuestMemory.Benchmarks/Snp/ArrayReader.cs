using GuestMemory.Rmp;

namespace GuestMemory.Benchmarks;

/// <summary>One read of an array of 16-byte entries: what everything else is compared with.</summary>
internal readonly struct ArrayReader(RmpEntry[] entries) : IFrameReader
{
    public ulong Read(uint frame)
    {
        ref readonly var entry = ref entries[frame];
        return entry.Gpa.Value ^ entry.Asid.Value;
    }
}
