using System.Globalization;

namespace GuestMemory.Testing;

/// <summary>One of several equal parts of a search, told apart by fingerprints of its first levels. Every part is searched from the first level that has enough states.</summary>
public readonly record struct SearchShard
{
    /// <summary>States a level must have for each shard before it is dealt out.</summary>
    internal const int StatesEach = 16;

    /// <summary>Creates a shard.</summary>
    /// <param name="number">1 to <paramref name="of"/>.</param>
    /// <param name="of">Number of shards, 1 to 65,536.</param>
    public SearchShard(int number, int of)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(of, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(of, 1 << 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, of);
        Number = number;
        Of = of;
    }

    /// <summary>Which; 0 in the default value, which is no shard.</summary>
    public int Number { get; }

    /// <summary>Of how many.</summary>
    public int Of { get; }

    /// <summary>Reads "i/n".</summary>
    /// <param name="text">The text, such as "3/8".</param>
    /// <param name="shard">The shard.</param>
    public static bool TryParse(string text, out SearchShard shard)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('/');
        shard = default;
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var of) || of is < 1 or > 1 << 16 || number < 1 || number > of)
        {
            return false;
        }

        shard = new(number, of);
        return true;
    }

    /// <summary>"i/n".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Of}");

    // The multiplication spreads shards of any number evenly over the prefix.
    internal bool Has(ulong prefix) => Of <= 1 || (int)(((prefix >> 32) * (ulong)Of) >> 32) == Number - 1;
}
