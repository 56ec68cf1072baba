using System.Globalization;

namespace GuestMemory.Kvm;

/// <summary>One open file of the process: what descriptors and mappings refer to.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Object">The number of the thing: a guest, a backing file, a store.</param>
public readonly record struct OpenFile(OpenFileKind Kind, int Object)
{
    /// <summary>Kind and number.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind} {Object}");
}
