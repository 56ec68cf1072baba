namespace GuestMemory;

/// <summary>A run of keys, from <paramref name="Start"/> up to but not including <paramref name="End"/>.</summary>
/// <typeparam name="TValue">What the run holds.</typeparam>
/// <param name="Start">The first key of the run.</param>
/// <param name="End">The key after the last one. The largest key, 2^64 - 1, is therefore never in a run.</param>
/// <param name="Value">The value at <paramref name="Start"/>; later keys hold it advanced.</param>
/// <remarks>The default value is an empty run; a <see cref="RangeMap{TValue}"/> never holds one.</remarks>
public readonly record struct RangeEntry<TValue>(ulong Start, ulong End, TValue Value)
{
    /// <summary>The number of keys in the run.</summary>
    public ulong Length => End - Start;

    /// <summary>Returns the run as text, for example <c>[0x10, 0x20) = value</c>.</summary>
    public override string ToString() => $"[0x{Start:x}, 0x{End:x}) = {Value}";
}
