using System.Runtime.CompilerServices;

namespace GuestMemory;

/// <summary>Up to four fragments, in the order they are delivered: a read-modify-write over two pages has as many.</summary>
[InlineArray(Capacity)]
public struct MmioFragments
{
    /// <summary>How many there can be.</summary>
    public const int Capacity = 4;

    private MmioFragment _first;

    /// <summary>The first fragment, in words.</summary>
    public override readonly string ToString() => _first.ToString();
}
