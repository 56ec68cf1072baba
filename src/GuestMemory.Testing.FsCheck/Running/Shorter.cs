namespace GuestMemory.Testing;

/// <summary>Ways to leave parts out of a sequence, large parts first, so that what comes first is shortest.</summary>
internal static class Shorter
{
    /// <summary>The parts that can be left out: halves, quarters and so on down to single places, later ones first.</summary>
    /// <param name="length">The sequence's length.</param>
    public static IEnumerable<(int Start, int End)> Parts(int length)
    {
        var part = length;
        do
        {
            part = (part + 1) / 2;
            for (var end = length; end > 0; end -= part)
            {
                yield return (Math.Max(0, end - part), end);
            }
        }
        while (part > 1);
    }

    /// <summary>The sequence without a part.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="part">The part.</param>
    public static T[] Without<T>(T[] sequence, (int Start, int End) part) => [.. sequence.AsSpan(0, part.Start), .. sequence.AsSpan(part.End)];
}
