using System.Globalization;

namespace GuestMemory.Tdx;

/// <summary>A host key identifier: which of the memory controller's keys an address is accessed with. 0, the default, is the host's own.</summary>
/// <param name="Value">The number; which are private is the platform's (<see cref="TdxPlatform"/>).</param>
public readonly record struct Hkid(ushort Value)
{
    /// <summary>"hkid 33".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"hkid {Value}");
}
