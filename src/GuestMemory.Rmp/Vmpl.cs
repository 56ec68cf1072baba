using System.Globalization;

namespace GuestMemory.Rmp;

/// <summary>A virtual machine privilege level. 0, the default, is the most privileged.</summary>
/// <remarks>Equality is by number. Source: apm2, 15.36.7.</remarks>
public readonly record struct Vmpl
{
    /// <summary>How many levels an RMP entry has masks for.</summary>
    public const int Count = 4;

    private readonly byte _value;

    /// <summary>Makes a level.</summary>
    /// <param name="value">0 to 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is above 3.</exception>
    public Vmpl(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, Count);
        _value = (byte)value;
    }

    /// <summary>The number, 0 to 3.</summary>
    public int Value => _value;

    /// <summary>"vmpl 1".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"vmpl {_value}");
}
