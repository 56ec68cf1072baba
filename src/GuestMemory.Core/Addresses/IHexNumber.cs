namespace GuestMemory;

/// <summary>What <see cref="HexNumber"/> needs to know of a type to write and read it.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface IHexNumber<TSelf>
    where TSelf : struct, IHexNumber<TSelf>
{
    /// <summary>The unit, a space and <c>0x</c>; ASCII, and the unit has at most 8 characters.</summary>
    static abstract string Prefix { get; }

    /// <summary>The number itself.</summary>
    ulong Value { get; }

    /// <summary>Makes the value that holds a number.</summary>
    static abstract TSelf FromValue(ulong value);
}
