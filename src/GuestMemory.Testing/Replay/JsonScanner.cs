using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace GuestMemory.Testing;

/// <summary>Walks through one JSON text token by token. It gives places, never copies, and never throws: the first problem is kept.</summary>
/// <remarks>Whether the text is UTF-8 is not looked at.</remarks>
internal ref struct JsonScanner
{
    /// <summary>How deep objects and lists may lie in each other, as in System.Text.Json.</summary>
    public const int Deepest = 64;

    private readonly ReadOnlySpan<byte> _text;
    private int _at;

    /// <summary>Starts at a text's first byte.</summary>
    /// <param name="text">The text.</param>
    public JsonScanner(ReadOnlySpan<byte> text) => _text = text;

    /// <summary>Where the next byte lies.</summary>
    public readonly int At => _at;

    /// <summary>The first problem met.</summary>
    public TraceLineError Error { get; private set; }

    /// <summary>The next byte after white space; 0 at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Peek()
    {
        var text = _text;
        var at = _at;
        if ((uint)at < (uint)text.Length && text[at] > (byte)' ')
        {
            return text[at];
        }

        return PeekBehindSpace();
    }

    /// <summary>Takes the next byte after white space if it is the expected one.</summary>
    /// <param name="expected">The expected byte.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(byte expected)
    {
        if (Peek() != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes an object's opening brace.</summary>
    /// <returns>Whether there is one.</returns>
    public bool OpenObject() => TryTake((byte)'{') || Malformed("an object is missing");

    /// <summary>Goes on to an object's next key and past its colon.</summary>
    /// <param name="first">Whether it is the first key.</param>
    /// <param name="key">The key.</param>
    /// <returns><see langword="false"/> at the closing brace, which is taken, and on an <see cref="Error"/>.</returns>
    public bool NextKey(ref bool first, out JsonString key)
    {
        key = default;
        if (TryTake((byte)'}'))
        {
            return false;
        }

        if (!first && !TryTake((byte)','))
        {
            return Malformed("a comma or a closing brace is missing");
        }

        first = false;
        return TakeString("a key is missing", out key) && (TryTake((byte)':') || Malformed("a colon is missing"));
    }

    /// <summary>Takes a string.</summary>
    /// <param name="missing">What to say when there is none.</param>
    /// <param name="value">The string.</param>
    public bool TakeString(string missing, out JsonString value)
    {
        value = default;
        if (!TryTake((byte)'"'))
        {
            return Malformed(missing);
        }

        var start = _at;
        var end = EndOfPlainText(start);
        if ((uint)end >= (uint)_text.Length || _text[end] != (byte)'"')
        {
            return TakeUnusualString(start, end, out value);
        }

        _at = end + 1;
        value = new JsonString(start, end - start, Escaped: false);
        return true;
    }

    /// <summary>Takes a value of any form.</summary>
    /// <param name="depth">How many objects and lists it lies in.</param>
    public bool TakeValue(int depth)
    {
        switch (Peek())
        {
            case (byte)'"':
                return TakeString("", out _);
            case (byte)'{':
                return TakeObject(depth);
            case (byte)'[':
                return TakeList(depth);
            case (byte)'t':
                return TakeWord("true"u8);
            case (byte)'f':
                return TakeWord("false"u8);
            case (byte)'n':
                return TakeWord("null"u8);
            default:
                return TakeNumber();
        }
    }

    /// <summary>Takes white space up to the text's end.</summary>
    public bool TakeEnd()
    {
        Peek();
        return _at == _text.Length || Malformed("something follows the object");
    }

    /// <summary>Keeps a problem: the text is no JSON.</summary>
    /// <param name="problem">What.</param>
    /// <returns><see langword="false"/>.</returns>
    public bool Malformed(string problem) => MalformedAt(_at, problem);

    /// <summary>Keeps a problem: the text is JSON of another form than expected.</summary>
    /// <param name="at">Where.</param>
    /// <param name="problem">What.</param>
    /// <returns><see langword="false"/>.</returns>
    public bool Unsupported(int at, string problem)
    {
        Error = new TraceLineError(problem, at + 1, IsMalformed: false);
        return false;
    }

    private bool MalformedAt(int at, string problem)
    {
        Error = new TraceLineError(problem, at + 1, IsMalformed: true);
        return false;
    }

    private byte PeekBehindSpace()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _at++;
        }

        return _at < _text.Length ? _text[_at] : (byte)0;
    }

    private bool TakeObject(int depth)
    {
        if (depth >= Deepest)
        {
            return MalformedAt(_at, "it is nested more than 64 deep");
        }

        _at++;
        var first = true;
        while (NextKey(ref first, out _))
        {
            if (!TakeValue(depth + 1))
            {
                return false;
            }
        }

        return !Failed;
    }

    private bool TakeList(int depth)
    {
        if (depth >= Deepest)
        {
            return MalformedAt(_at, "it is nested more than 64 deep");
        }

        _at++;
        if (TryTake((byte)']'))
        {
            return true;
        }

        while (TakeValue(depth + 1))
        {
            if (TryTake((byte)']'))
            {
                return true;
            }

            if (!TryTake((byte)','))
            {
                return Malformed("a comma or a closing bracket is missing");
            }
        }

        return false;
    }

    /// <summary>Whether a problem was met.</summary>
    public readonly bool Failed => Error.Problem is not null;

    private bool TakeWord(scoped ReadOnlySpan<byte> word)
    {
        if (!_text[_at..].StartsWith(word))
        {
            return Malformed("a value is missing");
        }

        _at += word.Length;
        return true;
    }

    private bool TakeNumber()
    {
        var at = _at;
        at += ByteAt(at) == (byte)'-' ? 1 : 0;
        var whole = DigitsAt(at);
        if (whole == 0)
        {
            return MalformedAt(at, at == _at ? "a value is missing" : "a digit is missing");
        }

        if (whole > 1 && _text[at] == (byte)'0')
        {
            return MalformedAt(at, "a number starts with 0");
        }

        at += whole;
        if (ByteAt(at) == (byte)'.' && !TryPassDigits(ref at, 1))
        {
            return MalformedAt(at, "a digit is missing");
        }

        if (ByteAt(at) is (byte)'e' or (byte)'E' && !TryPassDigits(ref at, ByteAt(at + 1) is (byte)'+' or (byte)'-' ? 2 : 1))
        {
            return MalformedAt(at, "a digit is missing");
        }

        _at = at;
        return true;
    }

    private readonly bool TryPassDigits(ref int at, int sign)
    {
        at += sign;
        var digits = DigitsAt(at);
        at += digits;
        return digits > 0;
    }

    private readonly byte ByteAt(int at) => (uint)at < (uint)_text.Length ? _text[at] : (byte)0;

    private readonly int DigitsAt(int start)
    {
        var at = start;
        while ((uint)at < (uint)_text.Length && _text[at] is >= (byte)'0' and <= (byte)'9')
        {
            at++;
        }

        return at - start;
    }

    /// <summary>Takes the rest of a string whose plain text ends otherwise than at its quote.</summary>
    private bool TakeUnusualString(int start, int end, out JsonString value)
    {
        value = default;
        var escaped = ByteAt(end) == (byte)'\\';
        while (ByteAt(end) == (byte)'\\')
        {
            if (!TryTakeEscape(end, out var next))
            {
                return false;
            }

            end = EndOfPlainText(next);
        }

        if (ByteAt(end) != (byte)'"')
        {
            return MalformedAt(end, end >= _text.Length ? "a string does not end" : "a control character stands in a string");
        }

        _at = end + 1;
        value = new JsonString(start, end - start, escaped);
        return true;
    }

    private bool TryTakeEscape(int at, out int next)
    {
        var kind = ByteAt(at + 1);
        next = at + 2;
        if (kind is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t')
        {
            return true;
        }

        next = at + 6;
        return (kind == (byte)'u' && next <= _text.Length && !_text[(at + 2)..next].ContainsAnyExcept(HexDigits)) || MalformedAt(at, "there is no such escape");
    }

    /// <summary>The first quote, backslash or control character.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int EndOfPlainText(int start)
    {
        var text = _text;
        var at = start;
        while (at <= text.Length - Vector128<byte>.Count)
        {
            var block = Vector128.Create(text.Slice(at, Vector128<byte>.Count));
            var ends = Vector128.Equals(block, Vector128.Create((byte)'"'))
                | Vector128.Equals(block, Vector128.Create((byte)'\\'))
                | Vector128.LessThan(block, Vector128.Create((byte)' '));
            var bits = ends.ExtractMostSignificantBits();
            if (bits != 0)
            {
                return at + BitOperations.TrailingZeroCount(bits);
            }

            at += Vector128<byte>.Count;
        }

        while ((uint)at < (uint)text.Length && text[at] is not ((byte)'"' or (byte)'\\' or < (byte)' '))
        {
            at++;
        }

        return at;
    }

    private static readonly System.Buffers.SearchValues<byte> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF"u8);
}
