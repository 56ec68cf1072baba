using System.Globalization;

namespace GuestMemory;

/// <summary>The key a page's bytes are kept under. The default is none: the bytes are plain.</summary>
/// <param name="Value">Tells keys apart; not a secret.</param>
public readonly record struct ContentKey(ulong Value)
{
    /// <summary>No key.</summary>
    public static ContentKey None => default;

    /// <summary>"key 3", or "no key".</summary>
    public override string ToString() => Value == 0 ? "no key" : string.Create(CultureInfo.InvariantCulture, $"key {Value}");
}
