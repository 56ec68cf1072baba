namespace GuestMemory.Testing;

/// <summary>One line of a recording, found in its bytes without copying.</summary>
/// <remarks>
/// <para>Four kinds: <c>{"meta":{..}}</c>, <c>{"case":{..}}</c>, <c>{"i":N,"op":"NAME","args":{..},"out":{..}}</c> and <c>{"abort":{..}}</c>. An operation may also
/// carry <c>stand_in</c> and <c>note</c>, which are remarks for the reader. The order of the keys does not matter, nor does white space between tokens.</para>
/// <para>The whole line is checked to be JSON in UTF-8. Keys, names and arguments with escapes are refused: no name or number of the format needs one.</para>
/// </remarks>
public readonly ref struct TraceLine
{
    /// <summary>How many arguments an operation may have.</summary>
    public const int MostArguments = 64;

    private readonly ReadOnlySpan<byte> _text;
    private readonly ReadOnlySpan<TraceArgument> _places;
    private readonly TraceLineParts _parts;

    private TraceLine(TraceLineKind kind, ReadOnlySpan<byte> text, ReadOnlySpan<TraceArgument> places, TraceLineParts parts)
    {
        Kind = kind;
        _text = text;
        _places = places;
        _parts = parts;
    }

    /// <summary>The line's kind.</summary>
    public TraceLineKind Kind { get; }

    /// <summary>An operation's number in its case, from 0.</summary>
    public int Index => _parts.Index;

    /// <summary>An operation's name.</summary>
    public ReadOnlySpan<byte> Operation => _text[_parts.Operation];

    /// <summary>An operation's arguments.</summary>
    public TraceArguments Arguments => new(_text, _places);

    /// <summary>An operation's arguments as written, braces included.</summary>
    public ReadOnlySpan<byte> ArgumentsJson => _text[_parts.Arguments];

    /// <summary>The object of the line as written, braces included: an operation's answer, or what a line of another kind says.</summary>
    public ReadOnlySpan<byte> Json => _text[_parts.Body];

    /// <summary>Reads a line.</summary>
    /// <param name="text">The line, without its end.</param>
    /// <param name="places">Room for the places of its arguments, at most <see cref="MostArguments"/> of which are used.</param>
    /// <param name="line">The line's parts: valid as long as both buffers.</param>
    /// <param name="error">What is wrong with it.</param>
    /// <returns>Whether it is a line of a recording.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, Span<TraceArgument> places, out TraceLine line, out TraceLineError error)
    {
        var parser = new TraceLineParser(text, places);
        if (!parser.TryParse(out var kind))
        {
            line = default;
            error = parser.Error;
            return false;
        }

        line = new TraceLine(kind, text, places[..parser.Parts.ArgumentCount], parser.Parts);
        error = default;
        return true;
    }
}
