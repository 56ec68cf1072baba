namespace GuestMemory.Benchmarks;

/// <summary>A small generator, so that choosing costs next to nothing and every run chooses alike.</summary>
internal struct Xorshift(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Lets what comes next depend on an answer.</summary>
    public void Mix(ulong answer) => _state ^= answer;

    /// <summary>The next number below a limit.</summary>
    public uint Next(uint limit)
    {
        unchecked
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (uint)(((_state >> 32) * limit) >> 32);
        }
    }
}
