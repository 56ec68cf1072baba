namespace GuestMemory;

/// <summary>Where one argument of a recorded operation lies in its line.</summary>
/// <param name="KeyStart">First byte of the key, after its quote.</param>
/// <param name="KeyLength">Bytes of the key.</param>
/// <param name="ValueStart">First byte of the value: after the quote of a string, the first digit of a number.</param>
/// <param name="ValueLength">Bytes of the value, quotes excluded.</param>
public readonly record struct TraceArgument(int KeyStart, int KeyLength, int ValueStart, int ValueLength)
{
    /// <summary>The two places.</summary>
    public override string ToString() => $"key {KeyStart}+{KeyLength}, value {ValueStart}+{ValueLength}";
}
