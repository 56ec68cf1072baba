namespace GuestMemory.Mutation;

/// <summary>The part of the test filter's language that <c>eng/mutation/*.json</c> use: names that must not occur, joined by <c>&amp;</c>.</summary>
internal sealed class TestFilter
{
    private const string Without = "FullyQualifiedName!~";
    private readonly string[] _without;

    private TestFilter(string[] without) => _without = without;

    public static TestFilter Parse(string text) => new([.. text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(term => term.StartsWith(Without, StringComparison.Ordinal)
        ? term[Without.Length..]
        : throw new FormatException($"'{term}' is no {Without}name."))]);

    public bool Takes(string name) => !_without.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));
}
