using System.Text;
using System.Text.Unicode;

namespace GuestMemory.Testing;

/// <summary>Finds the parts of one line in a single pass.</summary>
internal ref struct TraceLineParser
{
    private const int NumberSeen = 1;
    private const int NameSeen = 2;
    private const int ArgumentsSeen = 4;
    private const int AnswerSeen = 8;
    private const int StandInSeen = 16;
    private const int NoteSeen = 32;
    private const int MetaSeen = 64;
    private const int CaseSeen = 128;
    private const int AbortSeen = 256;
    private const int WholeOperation = NumberSeen | NameSeen | ArgumentsSeen | AnswerSeen;

    private readonly ReadOnlySpan<byte> _text;
    private readonly Span<TraceArgument> _places;
    private JsonScanner _scanner;
    private int _seen;

    /// <summary>What was found.</summary>
    public TraceLineParts Parts;

    public TraceLineParser(ReadOnlySpan<byte> text, Span<TraceArgument> places)
    {
        _text = text;
        _places = places;
        _scanner = new JsonScanner(text);
    }

    /// <summary>What is wrong with the line.</summary>
    public readonly TraceLineError Error => _scanner.Error;

    public bool TryParse(out TraceLineKind kind)
    {
        kind = default;
        if (!Utf8.IsValid(_text))
        {
            return _scanner.Malformed("it is not UTF-8");
        }

        if (!_scanner.OpenObject())
        {
            return false;
        }

        var first = true;
        while (_scanner.NextKey(ref first, out var key))
        {
            if (!TakePart(key))
            {
                return false;
            }
        }

        return !_scanner.Failed && _scanner.TakeEnd() && TryTellKind(out kind);
    }

    private bool TakePart(JsonString key)
    {
        var name = _text.Slice(key.Start, key.Length);
        switch (name.Length)
        {
            case 1 when name[0] == (byte)'i':
                return See(NumberSeen, key) && TakeIndex();
            case 2 when name.SequenceEqual("op"u8):
                return See(NameSeen, key) && TakeName();
            case 4 when name.SequenceEqual("args"u8):
                return See(ArgumentsSeen, key) && TakeArguments();
            case 3 when name.SequenceEqual("out"u8):
                return See(AnswerSeen, key) && TakeBody();
            case 4 when name.SequenceEqual("case"u8):
                return See(CaseSeen, key) && TakeBody();
            case 4 when name.SequenceEqual("meta"u8):
                return See(MetaSeen, key) && TakeBody();
            case 5 when name.SequenceEqual("abort"u8):
                return See(AbortSeen, key) && TakeBody();
            case 8 when name.SequenceEqual("stand_in"u8):
                return See(StandInSeen, key) && _scanner.TakeValue(1);
            case 4 when name.SequenceEqual("note"u8):
                return See(NoteSeen, key) && _scanner.TakeValue(1);
            default:
                return _scanner.Unsupported(key.Start, $"unknown key \"{Encoding.UTF8.GetString(name)}\"");
        }
    }

    private bool See(int part, JsonString key)
    {
        if ((_seen & part) != 0)
        {
            return Twice(key);
        }

        _seen |= part;
        return true;
    }

    private bool Twice(JsonString key) => _scanner.Unsupported(key.Start, $"the key \"{Encoding.UTF8.GetString(_text.Slice(key.Start, key.Length))}\" stands there twice");

    private bool TakeIndex()
    {
        _scanner.Peek();
        var start = _scanner.At;
        if (!_scanner.TakeValue(1))
        {
            return false;
        }

        var number = 0;
        var digits = _text[start.._scanner.At];
        if (digits.Length > 9)
        {
            return _scanner.Unsupported(start, "\"i\" is not a number of at most nine digits");
        }

        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return _scanner.Unsupported(start, "\"i\" is not a number of at most nine digits");
            }

            number = (number * 10) + (digit - '0');
        }

        Parts.Index = number;
        return true;
    }

    private bool TakeName()
    {
        if (_scanner.Peek() != (byte)'"')
        {
            return TakeOther("\"op\" is not a string");
        }

        if (!_scanner.TakeString("", out var name))
        {
            return false;
        }

        Parts.Operation = name.Start..(name.Start + name.Length);
        return !name.Escaped || _scanner.Unsupported(name.Start, "an escape in the operation's name");
    }

    private bool TakeBody()
    {
        if (_scanner.Peek() != (byte)'{')
        {
            return TakeOther("an object is expected");
        }

        var start = _scanner.At;
        if (!_scanner.TakeValue(1))
        {
            return false;
        }

        Parts.Body = start.._scanner.At;
        return true;
    }

    /// <summary>A value of another form than expected: malformed if it is no JSON at all.</summary>
    private bool TakeOther(string problem)
    {
        var start = _scanner.At;
        return _scanner.TakeValue(1) && _scanner.Unsupported(start, problem);
    }

    private bool TakeArguments()
    {
        if (_scanner.Peek() != (byte)'{')
        {
            return TakeOther("\"args\" is not an object");
        }

        var start = _scanner.At;
        _scanner.OpenObject();
        var first = true;
        var keys = 0UL;
        while (_scanner.NextKey(ref first, out var key))
        {
            if (key.Escaped || IsTwice(key, ref keys))
            {
                return key.Escaped ? _scanner.Unsupported(key.Start, "an escape in an argument's key") : Twice(key);
            }

            if (!TakeArgument(key))
            {
                return false;
            }
        }

        Parts.Arguments = start.._scanner.At;
        return !_scanner.Failed;
    }

    private bool TakeArgument(JsonString key)
    {
        int start;
        int length;
        if (_scanner.Peek() == (byte)'"')
        {
            if (!_scanner.TakeString("", out var value))
            {
                return false;
            }

            if (value.Escaped)
            {
                return _scanner.Unsupported(value.Start, "an escape in an argument");
            }

            start = value.Start;
            length = value.Length;
        }
        else
        {
            start = _scanner.At;
            if (!_scanner.TakeValue(2))
            {
                return false;
            }

            length = _scanner.At - start;
        }

        if ((uint)Parts.ArgumentCount >= (uint)Math.Min(_places.Length, TraceLine.MostArguments))
        {
            return _scanner.Unsupported(key.Start, "too many arguments");
        }

        _places[Parts.ArgumentCount++] = new TraceArgument(key.Start, key.Length, start, length);
        return true;
    }

    /// <summary>Whether an argument's key stood there before. Keys are compared only when a small hash of theirs was met.</summary>
    private readonly bool IsTwice(JsonString key, ref ulong met)
    {
        var name = _text.Slice(key.Start, key.Length);
        var bit = 1UL << ((name.IsEmpty ? 0 : name[0] + (name.Length * 5)) & 63);
        var before = met;
        met |= bit;
        if ((before & bit) == 0)
        {
            return false;
        }

        foreach (ref readonly var place in _places[..Parts.ArgumentCount])
        {
            if (_text.Slice(place.KeyStart, place.KeyLength).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryTellKind(out TraceLineKind kind)
    {
        kind = _seen switch
        {
            MetaSeen => TraceLineKind.Meta,
            CaseSeen => TraceLineKind.Case,
            AbortSeen => TraceLineKind.Abort,
            _ => TraceLineKind.Operation,
        };
        if (kind != TraceLineKind.Operation)
        {
            return true;
        }

        if ((_seen & (MetaSeen | CaseSeen | AbortSeen)) != 0)
        {
            return _scanner.Unsupported(0, "keys of different kinds of line");
        }

        return (_seen & WholeOperation) == WholeOperation || _scanner.Unsupported(0, MissingPart());
    }

    private readonly string MissingPart()
    {
        var missing = (_seen & WholeOperation) switch
        {
            0 => "\"meta\", \"case\", \"abort\" or \"op\"",
            var seen when (seen & NumberSeen) == 0 => "\"i\"",
            var seen when (seen & NameSeen) == 0 => "\"op\"",
            var seen when (seen & ArgumentsSeen) == 0 => "\"args\"",
            _ => "\"out\"",
        };
        return $"{missing} is missing";
    }
}
