namespace GuestMemory.Testing;

/// <summary>Numbers from a seed, the same on every machine (SplitMix64).</summary>
internal struct SeededChoice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 up to but not including a bound.</summary>
    public int Below(int bound)
    {
        unchecked
        {
            var mixed = _state += 0x9e37_79b9_7f4a_7c15;
            mixed = (mixed ^ (mixed >> 30)) * 0xbf58_476d_1ce4_e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d0_49bb_1331_11eb;
            mixed ^= mixed >> 31;
            return (int)((mixed >> 32) * (ulong)bound >> 32);
        }
    }
}
