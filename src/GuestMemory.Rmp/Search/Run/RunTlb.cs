namespace GuestMemory.Rmp;

/// <summary>The translations a vCPU of the run scenario remembers: for each address one byte, its frame plus 1 in the low half, then whether a read and whether a write went through.</summary>
/// <param name="Private">Those of private accesses.</param>
/// <param name="Shared">Those of shared ones.</param>
internal readonly record struct RunTlb(ulong Private, ulong Shared)
{
    private const ulong ReadBit = 16;
    private const ulong WriteBit = 32;

    public bool IsEmpty => (Private | Shared) == 0;

    public int FrameAt(int address, bool isPrivate) => (int)(EntryAt(address, isPrivate) & 15) - 1;

    public bool Allows(int address, bool isPrivate, bool isWrite) => (EntryAt(address, isPrivate) & (isWrite ? WriteBit : ReadBit)) != 0;

    public ulong EntryAt(int address, bool isPrivate) => ((isPrivate ? Private : Shared) >> (8 * address)) & 0xff;

    public RunTlb With(int address, bool isPrivate, int frame, bool isWrite)
    {
        var old = EntryAt(address, isPrivate);
        var kept = (int)(old & 15) == frame + 1 ? old : (ulong)(frame + 1);
        return Set(address, isPrivate, kept | (isWrite ? WriteBit : ReadBit));
    }

    public RunTlb WithoutPrivate(int address) => Set(address, isPrivate: true, 0);

    /// <summary>Without what leads to a frame.</summary>
    public RunTlb Without(int frame) => IsEmpty ? this : new(Drop(Private, frame), Drop(Shared, frame));

    private static ulong Drop(ulong entries, int frame)
    {
        for (var at = 0; entries >> at != 0 && at < 64; at += 8)
        {
            if ((int)((entries >> at) & 15) == frame + 1)
            {
                entries &= ~(0xffUL << at);
            }
        }

        return entries;
    }

    private RunTlb Set(int address, bool isPrivate, ulong entry)
    {
        var at = 8 * address;
        return isPrivate
            ? this with { Private = (Private & ~(0xffUL << at)) | (entry << at) }
            : this with { Shared = (Shared & ~(0xffUL << at)) | (entry << at) };
    }
}
