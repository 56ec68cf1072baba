using GuestMemory.Rmp;

namespace GuestMemory.Benchmarks;

/// <summary>A frame's entry, through its head.</summary>
internal readonly struct LookUpReader(ReverseMapTable table) : IFrameReader
{
    public ulong Read(uint frame)
    {
        var entry = table.Resolve(new(frame));
        return entry.Gpa.Value ^ entry.Asid.Value;
    }
}
