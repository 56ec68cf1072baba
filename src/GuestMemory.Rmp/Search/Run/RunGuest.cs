namespace GuestMemory.Rmp;

/// <summary>What a guest of the run scenario is made of, in one word: its nested table, the pages it holds accepted, what it wrote last at each address, and whether it stopped.</summary>
/// <param name="Bits">4 bits an address: its frame plus 1, 0 for none; from bit 32 one bit an address: accepted; from bit 40 two bits an address: the token written last, 0 for none; bit 56: stopped.</param>
internal readonly record struct RunGuest(ulong Bits)
{
    private const int AcceptedAt = 32;
    private const int TokenAt = 40;
    private const ulong StoppedBit = 1UL << 56;

    public bool IsStopped => (Bits & StoppedBit) != 0;

    public RunGuest Stopped => new(Bits | StoppedBit);

    public int AcceptedPages => System.Numerics.BitOperations.PopCount(Bits & (0xffUL << AcceptedAt));

    public int FrameAt(int address) => (int)((Bits >> (4 * address)) & 15) - 1;

    public bool Holds(int address) => ((Bits >> (AcceptedAt + address)) & 1) != 0;

    public ulong TokenAtAddress(int address) => (Bits >> (TokenAt + (2 * address))) & 3;

    public RunGuest Mapped(int address, int frame) => new((Bits & ~(15UL << (4 * address))) | ((ulong)(frame + 1) << (4 * address)));

    public RunGuest Holding(int address, bool holds) => new((Bits & ~(1UL << (AcceptedAt + address))) | ((holds ? 1UL : 0) << (AcceptedAt + address)));

    public RunGuest Wrote(int address, ulong token) => new((Bits & ~(3UL << (TokenAt + (2 * address)))) | (token << (TokenAt + (2 * address))));
}
