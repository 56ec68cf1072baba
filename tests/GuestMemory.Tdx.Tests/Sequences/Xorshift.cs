namespace GuestMemory.Tdx.Tests.Sequences;

/// <summary>Choices that depend on a seed alone (xorshift64*).</summary>
internal sealed class Xorshift(ulong seed)
{
    private ulong _state = unchecked((seed + 1) * 0x9e37_79b9_7f4a_7c15);

    public ulong Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return unchecked(_state * 0x2545_f491_4f6c_dd1d);
    }

    /// <summary>0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(Next() >> 33) % count;

    /// <summary>Once in so many times.</summary>
    public bool OnceIn(int times) => Below(times) == 0;

    public T Of<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    public Xorshift Copy() => new(0) { _state = _state };
}
