namespace GuestMemory.Testing;

/// <summary>Choices that follow from a seed alone: the SplitMix64 generator (Steele, Lea, Flood 2014).</summary>
/// <param name="seed">The seed.</param>
internal struct Draws(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 up to but not including a limit.</summary>
    /// <param name="limit">At least 1.</param>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>True once in so many times.</summary>
    /// <param name="times">At least 1.</param>
    public bool OnceIn(int times) => Below(times) == 0;

    private ulong Next()
    {
        unchecked
        {
            _state += 0x9e3779b97f4a7c15;
            var mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
            return mixed ^ (mixed >> 31);
        }
    }
}
