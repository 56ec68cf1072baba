namespace GuestMemory;

/// <summary>An order of the things of each group of an <see cref="ISymmetricSystem"/>.</summary>
/// <remarks>The default value has no groups.</remarks>
public readonly ref struct ThingOrder
{
    /// <summary>Most groups, and most things of one.</summary>
    public const int Most = 8;

    private readonly ReadOnlySpan<byte> _things;
    private readonly ReadOnlySpan<byte> _places;

    /// <summary>Creates an order.</summary>
    /// <param name="things">For each group eight bytes: the thing at each place.</param>
    /// <param name="places">For each group eight bytes: the place of each thing.</param>
    public ThingOrder(ReadOnlySpan<byte> things, ReadOnlySpan<byte> places)
    {
        _things = things;
        _places = places;
    }

    /// <summary>The thing at a place.</summary>
    /// <param name="group">The group.</param>
    /// <param name="place">The place.</param>
    public int ThingAt(int group, int place) => _things[(group * Most) + place];

    /// <summary>The place of a thing.</summary>
    /// <param name="group">The group.</param>
    /// <param name="thing">The thing.</param>
    public int PlaceOf(int group, int thing) => _places[(group * Most) + thing];
}
