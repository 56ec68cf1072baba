using System.Globalization;

namespace GuestMemory;

/// <summary>One guest on a machine. 0, the default, is no guest; guests count from 1.</summary>
/// <param name="Value">The number.</param>
public readonly record struct GuestId(ushort Value)
{
    /// <summary>No guest.</summary>
    public static GuestId None => default;

    /// <summary>"guest 1", or "no guest".</summary>
    public override string ToString() => Value == 0 ? "no guest" : string.Create(CultureInfo.InvariantCulture, $"guest {Value}");
}
