using System.Globalization;

namespace GuestMemory.Rmp;

/// <summary>An address space identifier: whose key encrypts a page. 0, the default, is the hypervisor's.</summary>
/// <param name="Value">The number; the RMP has 32 bits for it, processors implement far fewer.</param>
public readonly record struct Asid(uint Value)
{
    /// <summary>The hypervisor's.</summary>
    public static Asid Hypervisor => default;

    /// <summary>Whether it is a guest's.</summary>
    public bool IsGuest => Value != 0;

    /// <summary>"asid 5".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"asid {Value}");
}
