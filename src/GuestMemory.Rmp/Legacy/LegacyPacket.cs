using System.Globalization;

namespace GuestMemory.Rmp;

/// <summary>What goes with a wrapped page: the host keeps it, and nothing makes it stale.</summary>
/// <param name="Vector">Tells the wrapping from every other under its key.</param>
/// <param name="Tag">Over the page's bytes.</param>
public readonly record struct LegacyPacket(ulong Vector, UInt128 Tag)
{
    /// <summary>"vector 3".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"vector {Vector}");
}
